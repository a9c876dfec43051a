"""Makes the certificates of the double: an authority, and a node of this machine.

    python3 tests/double/tls/make.py

They are for tests alone, the key lies here for everybody to read. It needs `cryptography`.
"""

import datetime
import ipaddress
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HERE = pathlib.Path(__file__).parent
BEGIN = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
END = datetime.datetime(2120, 1, 1, tzinfo=datetime.timezone.utc)


def name(text):
    return x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, text)])


def builder(subject, issuer, key):
    return (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(END)
    )


AUTHORITY = "Authority of the double, for tests"
ca_key = ec.generate_private_key(ec.SECP256R1())
ca = (
    builder(AUTHORITY, AUTHORITY, ca_key)
    .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    .sign(ca_key, hashes.SHA256())
)
names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
node_key = ec.generate_private_key(ec.SECP256R1())
node = (
    builder("Node of the double, for tests", AUTHORITY, node_key)
    .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    .add_extension(x509.SubjectAlternativeName(names), critical=False)
    .add_extension(x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    .sign(ca_key, hashes.SHA256())
)
PEM = serialization.Encoding.PEM
(HERE / "ca.pem").write_bytes(ca.public_bytes(PEM))
(HERE / "node.pem").write_bytes(node.public_bytes(PEM))
(HERE / "node.key").write_bytes(
    node_key.private_bytes(
        PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
)
