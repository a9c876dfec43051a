"""Whether three implementations agree on every proof of every tree of 1 to 256 leaves.

Ours in Rust (`proofs.rs` beside this file) is bound to a number in `proofs.sha256`. This computes
the number with `aics-tlog`, an independent implementation, and checks every one of its proofs with
the verifier that is shipped in every extract, which must also refuse each one with a bit changed.
It then reads a note and a checkpoint signed by each side with the other.
"""

import hashlib
import importlib.util
import pathlib
import sys

import aics_tlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

HERE = pathlib.Path(__file__).resolve().parent
LARGEST = 256


def load_verifier():
    spec = importlib.util.spec_from_file_location("verify", HERE.parents[1] / "src" / "notary" / "verifier.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main():
    verify = load_verifier()
    tree = aics_tlog.MerkleTree([number.to_bytes(8, "big") for number in range(LARGEST)])
    leaves = [verify.leaf_hash(number.to_bytes(8, "big")) for number in range(LARGEST)]
    total, count = hashlib.sha256(), 0

    def changed(proof):
        return [bytes([proof[0][0] ^ 1]) + proof[0][1:]] + proof[1:] if proof else [bytes(32)]

    for size in range(1, LARGEST + 1):
        root = tree.root(size)
        assert verify.root(leaves[:size]) == root, size
        total.update(root)
        for index in range(size):
            proof = list(tree.inclusion_proof(index, size))
            assert verify.includes(leaves[index], index, size, proof, root), (index, size)
            assert not verify.includes(leaves[index], index, size, changed(proof), root), (index, size)
            total.update(bytes([len(proof)]) + b"".join(proof))
            count += 1
        for old in range(1, size + 1):
            proof = list(tree.consistency_proof(old, size))
            before = tree.root(old)
            assert verify.extends(old, before, size, root, proof), (old, size)
            assert not verify.extends(old, before, size, root, changed(proof)), (old, size)
            total.update(bytes([len(proof)]) + b"".join(proof))
            count += 1

    number = total.hexdigest()
    if "--write" in sys.argv:
        (HERE / "proofs.sha256").write_text(number + "\n")
    expected = (HERE / "proofs.sha256").read_text().strip()
    assert number == expected, f"aics-tlog computes {number}, Rust {expected}"

    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    name, root = "log.example/a", tree.root(LARGEST)
    signed = aics_tlog.sign_checkpoint(aics_tlog.Checkpoint(name, LARGEST, root), key, name)
    vkey = aics_tlog.format_vkey(aics_tlog.vkey_from_ed25519(name, key.public_key()))
    checkpoint = verify.Checkpoint(signed.to_bytes())
    checkpoint.check(verify.Key(vkey))
    assert (checkpoint.size, checkpoint.root) == (LARGEST, root)
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        served(sys.argv[1], sys.argv[2])
    print(f"{count} proofs: Rust, verify.py and aics-tlog agree")


def served(note_file, key):
    """A checkpoint that our server signed, read by the other side."""
    text = pathlib.Path(note_file).read_bytes()
    assert aics_tlog.verify_note(aics_tlog.parse_note(text), [aics_tlog.parse_vkey(key)])


if __name__ == "__main__":
    main()
