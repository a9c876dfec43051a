#!/usr/bin/env python3
"""Verifica un estratto o il registro di quesito, senza usare alcun programma di quesito.

    python3 verify.py extract ESTRATTO.zip [--key CHIAVE] [--checkpoint FILE]
    python3 verify.py log URL --token TOKEN [--key CHIAVE] [--checkpoint FILE] [--save FILE]

`extract` controlla ogni file dell'estratto, le firme, che ogni evento stia nel registro firmato e
che ogni testo mostrato sia quello sigillato nell'evento. `log` legge il registro servito (URL
finisce in /api/v1), ricalcola la radice da tutte le foglie, la confronta con il checkpoint firmato
e con quello conservato da prima; un revisore controlla anche le foglie una per una.

Esito: 0 tutto verificato, 1 qualcosa non torna, 2 uso errato, 3 non si è potuto verificare.

Serve solo Python 3.8 o successivo: nessuna libreria, nessuna rete per `extract`. Le forme sono
pubbliche: RFC 6962 (albero), C2SP signed-note, tlog-checkpoint, tlog-tiles, RFC 8032 (Ed25519),
RFC 5869 (HKDF), XChaCha20-Poly1305.
"""

import argparse
import base64
import hashlib
import hmac
import http.client
import json
import sys
import time
import urllib.parse
import zipfile

WIDTH = 256


class Damage(Exception):
    """Qualcosa non torna."""


class Unable(Exception):
    """Non si può verificare."""


# --- albero (RFC 6962) ---------------------------------------------------------------------------

def sha256(data):
    return hashlib.sha256(data).digest()


def leaf_hash(data):
    return sha256(b"\x00" + data)


def node_hash(left, right):
    return sha256(b"\x01" + left + right)


def root(leaves):
    """La radice su un elenco di foglie (hash), un livello per volta."""
    if not leaves:
        return sha256(b"")
    sha, level = hashlib.sha256, leaves
    while len(level) > 1:
        pairs = [sha(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            # Il nodo spaiato sale com'è: è la radice del sottoalbero incompleto.
            pairs.append(level[-1])
        level = pairs
    return level[0]


def includes(leaf, index, size, proof, expected):
    """Se la prova mostra che la foglia sta a `index` fra `size` (RFC 9162, 2.1.3.2)."""
    if index >= size:
        return False
    place, last, value = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            value = node_hash(beside, value)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            value = node_hash(value, beside)
        place >>= 1
        last >>= 1
    return last == 0 and value == expected


def extends(old_size, old_root, new_size, new_root, proof):
    """Se la prova mostra che un albero comincia con un altro (RFC 9162, 2.1.4.2)."""
    if old_size == 0:
        return not proof and old_root == sha256(b"")
    if old_size == new_size:
        return not proof and old_root == new_root
    if old_size > new_size:
        return False
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place >>= 1
        last >>= 1
    of_old = of_new = path[0]
    for beside in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            of_old, of_new = node_hash(beside, of_old), node_hash(beside, of_new)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            of_new = node_hash(of_new, beside)
        place >>= 1
        last >>= 1
    return last == 0 and of_old == old_root and of_new == new_root


# --- Ed25519 (RFC 8032) --------------------------------------------------------------------------

P = 2 ** 255 - 19
ORDER = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def _add(a, b):
    x = (a[1] - a[0]) * (b[1] - b[0]) % P
    y = (a[1] + a[0]) * (b[1] + b[0]) % P
    z, t = 2 * a[2] * b[2] % P, 2 * a[3] * b[3] * D % P
    e, f, g, h = y - x, z - t, z + t, y + x
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number, point):
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = _add(result, point)
        point = _add(point, point)
        number >>= 1
    return result


def _same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def _point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = _point(bytes.fromhex("58" + 31 * "66"))


def ed25519_holds(public, message, signature):
    if len(public) != 32 or len(signature) != 64:
        return False
    key, r = _point(public), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= ORDER:
        return False
    # Chiavi e punti di ordine piccolo accetterebbero firme di chiunque.
    if any(_same(_times(8, point), (0, 1, 1, 0)) for point in (key, r)):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    return _same(_times(s, BASE), _add(r, _times(k, key)))


# --- note firmate e checkpoint (C2SP) ------------------------------------------------------------

NOTE, COSIGNATURE = 1, 4


class Key:
    """Una chiave di verifica: <nome>+<id>+<chiave>."""

    def __init__(self, text):
        try:
            self.name, identity, encoded = text.strip().split("+", 2)
            data = base64.b64decode(encoded, validate=True)
        except ValueError:
            raise Unable("la chiave non ha la forma <nome>+<id>+<chiave>")
        self.usage, self.public = data[0], data[1:]
        self.id = sha256(self.name.encode() + b"\n" + data)[:4]
        if self.usage not in (NOTE, COSIGNATURE) or len(data) != 33 or self.id.hex() != identity:
            raise Unable("la chiave non è valida")


class Note:
    def __init__(self, data):
        text, found, below = data.decode("utf-8").rpartition("\n\n")
        if not found or not below.endswith("\n"):
            raise Damage("la nota firmata non ha la forma prevista")
        self.text = text + "\n"
        self.lines = []
        for line in below[:-1].split("\n"):
            parts = line.split(" ")
            if len(parts) != 3 or parts[0] != "\u2014":
                raise Damage("una riga di firma non ha la forma prevista")
            signature = base64.b64decode(parts[2], validate=True)
            self.lines.append((parts[1], signature[:4], signature[4:]))

    def check(self, key):
        found = False
        for name, identity, signature in self.lines:
            if name != key.name or identity != key.id:
                continue
            message = self.text
            if key.usage == COSIGNATURE:
                seconds = int.from_bytes(signature[:8], "big")
                message = "cosignature/v1\ntime %d\n%s" % (seconds, message)
                signature = signature[8:]
            if not ed25519_holds(key.public, message.encode(), signature):
                raise Damage("la firma di %s non è valida" % name)
            found = True
        if not found:
            raise Damage("manca la firma di %s" % key.name)


class Checkpoint:
    def __init__(self, data):
        self.note = Note(data)
        lines = self.note.text.split("\n")
        try:
            self.origin, self.size = lines[0], int(lines[1])
            self.root = base64.b64decode(lines[2], validate=True)
        except (IndexError, ValueError):
            raise Damage("il checkpoint non ha la forma prevista")
        if len(self.root) != 32 or str(self.size) != lines[1] or not self.origin:
            raise Damage("il checkpoint non ha la forma prevista")

    def check(self, key):
        if self.origin != key.name:
            raise Damage("il checkpoint è di un altro registro: %s" % self.origin)
        self.note.check(key)


# --- testi sigillati -----------------------------------------------------------------------------

def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def hkdf_expand(key, info, length):
    result, block, counter = b"", b"", 1
    while len(result) < length:
        block = hmac.new(key, block + info + bytes([counter]), hashlib.sha256).digest()
        result, counter = result + block, counter + 1
    return result[:length]


def _quarter(s, a, b, c, d):
    m = 0xFFFFFFFF
    s[a] = (s[a] + s[b]) & m
    x = s[d] ^ s[a]
    s[d] = (x << 16 | x >> 16) & m
    s[c] = (s[c] + s[d]) & m
    x = s[b] ^ s[c]
    s[b] = (x << 12 | x >> 20) & m
    s[a] = (s[a] + s[b]) & m
    x = s[d] ^ s[a]
    s[d] = (x << 8 | x >> 24) & m
    s[c] = (s[c] + s[d]) & m
    x = s[b] ^ s[c]
    s[b] = (x << 7 | x >> 25) & m


def _words(data):
    return [int.from_bytes(data[i:i + 4], "little") for i in range(0, len(data), 4)]


def _bytes(words):
    return b"".join(word.to_bytes(4, "little") for word in words)


def _rounds(start):
    s = list(start)
    for _ in range(10):
        _quarter(s, 0, 4, 8, 12)
        _quarter(s, 1, 5, 9, 13)
        _quarter(s, 2, 6, 10, 14)
        _quarter(s, 3, 7, 11, 15)
        _quarter(s, 0, 5, 10, 15)
        _quarter(s, 1, 6, 11, 12)
        _quarter(s, 2, 7, 8, 13)
        _quarter(s, 3, 4, 9, 14)
    return s


CONSTANT = _words(b"expand 32-byte k")


def _chacha(key, counter, nonce):
    start = CONSTANT + _words(key) + [counter] + _words(nonce)
    return _bytes([(a + b) & 0xFFFFFFFF for a, b in zip(_rounds(start), start)])


def _poly1305(key, message):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total, prime = 0, 2 ** 130 - 5
    for i in range(0, len(message), 16):
        total = (total + int.from_bytes(message[i:i + 16] + b"\x01", "little")) * r % prime
    return ((total + int.from_bytes(key[16:], "little")) % 2 ** 128).to_bytes(16, "little")


def xchacha20poly1305_open(key, nonce, data, additional):
    start = _rounds(CONSTANT + _words(key) + _words(nonce[:16]))
    key, nonce = _bytes(start[:4] + start[12:]), b"\0\0\0\0" + nonce[16:]
    sealed, tag = data[:-16], data[-16:]
    pad = lambda part: part + b"\0" * (-len(part) % 16)
    lengths = len(additional).to_bytes(8, "little") + len(sealed).to_bytes(8, "little")
    expected = _poly1305(_chacha(key, 0, nonce)[:32], pad(additional) + pad(sealed) + lengths)
    if not hmac.compare_digest(expected, tag):
        return None
    clear = bytearray()
    for i in range(0, len(sealed), 64):
        stream = _chacha(key, 1 + i // 64, nonce)
        clear += bytes(a ^ b for a, b in zip(sealed[i:i + 64], stream))
    return bytes(clear)


def open_text(sealed, stream, event_id, stored_type, pointer, key):
    """Il testo sigillato, o None se la chiave non è la sua o i byte sono altri."""
    if sealed.get("alg") != "XC20P":
        return None
    nonce = unpadded(sealed["nonce"])
    derived = hkdf_expand(key, b"quesito/text/v1" + nonce, 64)
    # L'impegno lega il testo cifrato a una sola chiave: nessuno può mostrarne un altro.
    if derived[:32] != unpadded(sealed["commitment"]):
        return None
    parts = [b"XC20P", sealed["key_id"].encode(), stream.encode(),
             bytes.fromhex(event_id.replace("-", "")), stored_type.encode(), pointer.encode()]
    additional = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    clear = xchacha20poly1305_open(derived[32:], nonce, unpadded(sealed["ct"]), additional)
    return None if clear is None else clear[16:].decode("utf-8")


def at_pointer(value, pointer):
    for part in pointer.split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


# --- foglie --------------------------------------------------------------------------------------

MEMBERS = ["at", "data_sha256", "id", "meta_sha256", "revision", "stream", "subject", "type", "v"]


def canonical(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode("utf-8")


def read_leaf(data):
    leaf = json.loads(data)
    if sorted(leaf) != MEMBERS or leaf["v"] != 1 or canonical(leaf) != data:
        raise Damage("una foglia non ha la forma leaf.v1")
    return leaf


# --- estratto ------------------------------------------------------------------------------------

def verify_extract(path, key_text, kept_path):
    try:
        archive = zipfile.ZipFile(path)
        names = archive.namelist()
    except (OSError, zipfile.BadZipFile) as why:
        raise Unable("%s: %s" % (path, why))
    if len(names) != len(set(names)):
        raise Damage("un file compare due volte")
    try:
        manifest_bytes = archive.read("manifest.json")
        manifest = json.loads(manifest_bytes)
    except KeyError:
        raise Unable("non è un estratto: manca manifest.json")
    if manifest.get("format") != "quesito-extract/1":
        raise Unable("forma dell'estratto sconosciuta: %s" % manifest.get("format"))
    listed = manifest["files"]
    if set(names) != set(listed) | {"manifest.json", "manifest.note"}:
        raise Damage("i file non sono quelli elencati nel manifesto")
    content = {name: archive.read(name) for name in listed}
    for name, expected in listed.items():
        if sha256(content[name]).hex() != expected:
            raise Damage("%s non è quello del manifesto" % name)

    own = content["log-key.txt"].decode()
    key = Key(key_text or own)
    checkpoint = Checkpoint(content["checkpoint"])
    checkpoint.check(key)
    issued = Note(archive.read("manifest.note"))
    issued.check(key)
    if issued.text != "%s/extract\nsha256 %s\n" % (key.name, sha256(manifest_bytes).hex()):
        raise Damage("la firma è di un altro estratto")

    whole = texts = 0
    events = json.loads(content["events.json"])
    for event in events:
        where = "%s, revisione %d" % (event["stream"], event["revision"])
        leaf_bytes = event["leaf"].encode("utf-8")
        leaf = read_leaf(leaf_bytes)
        for member in ("stream", "revision", "id", "type"):
            if leaf[member] != event[member]:
                raise Damage("%s: la foglia è di un altro evento" % where)
        proof = [bytes.fromhex(node) for node in event["proof"]]
        if not includes(leaf_hash(leaf_bytes), event["index"], checkpoint.size, proof, checkpoint.root):
            raise Damage("%s: non sta nel registro firmato" % where)
        if "data" not in event:
            continue
        data, metadata = content[event["data"]], content[event["metadata"]]
        if sha256(data).hex() != leaf["data_sha256"] or sha256(metadata).hex() != leaf["meta_sha256"]:
            raise Damage("%s: i byte non sono quelli registrati" % where)
        said = json.loads(metadata)
        if said["event_id"] != leaf["id"] or said["recorded_at"] != leaf["at"] \
                or said["actor"]["subject"] != leaf["subject"]:
            raise Damage("%s: i metadati non sono della foglia" % where)
        whole += 1
        value = json.loads(data)
        for text in event["texts"]:
            sealed = at_pointer(value, text["pointer"])
            shown = open_text(sealed, leaf["stream"], leaf["id"], leaf["type"], text["pointer"],
                              unpadded(text["key"]))
            if shown is None or shown != text["text"]:
                raise Damage("%s: il testo %s non è quello sigillato" % (where, text["pointer"]))
            texts += 1

    print("Estratto di %s al %s" % (manifest["case"], manifest["as_of"]))
    print("  %d file come nel manifesto, firmato da %s" % (len(listed), key.name))
    print("  %d eventi nel registro firmato (%d voci)" % (len(events), checkpoint.size))
    print("  %d con i byte originali, %d testi uguali a quelli sigillati" % (whole, texts))
    if len(events) > whole:
        print("  %d con parti riservate: la loro presenza è provata, il contenuto no" % (len(events) - whole))
    if not key_text:
        print("  ATTENZIONE: la chiave è quella dell'estratto. Per sapere di chi è, confrontarla con quella")
        print("  avuta per altra via e ripetere con --key: %s" % own.strip())
    if kept_path:
        kept = read_checkpoint(kept_path, key)
        if kept.size == checkpoint.size and kept.root != checkpoint.root:
            raise Damage("il checkpoint conservato è di un'altra storia")
        if kept.size != checkpoint.size:
            print("  Il checkpoint conservato ha %d voci: per il confronto serve `verify.py log`." % kept.size)
    print("VERIFICATO")


def read_checkpoint(path, key):
    try:
        with open(path, "rb") as file:
            kept = Checkpoint(file.read())
    except OSError as why:
        raise Unable("%s: %s" % (path, why))
    kept.check(key)
    return kept


# --- registro servito ----------------------------------------------------------------------------

class Server:
    def __init__(self, url, token):
        parts = urllib.parse.urlsplit(url.rstrip("/"))
        kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
        if parts.scheme not in kinds or not parts.netloc:
            raise Unable("serve un indirizzo http:// o https:// che finisce in /api/v1")
        self.path = parts.path
        self.connection = kinds[parts.scheme](parts.netloc, timeout=60)
        self.headers = {"Authorization": "Bearer " + token} if token else {}

    def get(self, path):
        """Lo stato e i byte; aspetta quando il servizio lo chiede."""
        for again in range(100):
            try:
                self.connection.request("GET", self.path + path, headers=self.headers)
                answer = self.connection.getresponse()
                data = answer.read()
            except (OSError, http.client.HTTPException) as why:
                self.connection.close()
                if again < 3:
                    continue
                raise Unable("il servizio non risponde: %s" % why)
            if answer.status not in (429, 503):
                return answer.status, data
            time.sleep(min(60, max(1, int(answer.getheader("Retry-After") or 1))))
        raise Unable("il servizio continua a rimandare")

    def need(self, path):
        status, data = self.get(path)
        if status != 200:
            raise Unable("%s: il servizio risponde %d" % (path, status))
        return data


def tile_name(number, width):
    digits = "%03d" % number
    digits = digits.rjust(-(-len(digits) // 3) * 3, "0")
    groups = [digits[i:i + 3] for i in range(0, len(digits), 3)]
    name = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
    return name if width == WIDTH else "%s.p/%d" % (name, width)


def bundles(size):
    for number in range(-(-size // WIDTH)):
        yield number, min(WIDTH, size - number * WIDTH)


def read_bundle(data, width):
    entries, place = [], 0
    for _ in range(width):
        length = int.from_bytes(data[place:place + 2], "big")
        entries.append(data[place + 2:place + 2 + length])
        place += 2 + length
    if place != len(data):
        raise Damage("un gruppo di foglie non ha la forma prevista")
    return entries


def verify_log(url, token, key_text, kept_path, save):
    server = Server(url, token)
    data = server.need("/log/checkpoint")
    checkpoint = Checkpoint(data)
    key = Key(key_text or json.loads(server.need("/status"))["log"]["key"])
    checkpoint.check(key)

    leaves, begun = [], time.monotonic()
    for number, width in bundles(checkpoint.size):
        tile = server.need("/log/tile/0/" + tile_name(number, width))
        if len(tile) != 32 * width:
            raise Damage("il gruppo %d è incompleto" % number)
        leaves += [tile[i:i + 32] for i in range(0, len(tile), 32)]
    if root(leaves) != checkpoint.root:
        raise Damage("la radice ricalcolata non è quella firmata")
    print("Registro %s" % checkpoint.origin)
    print("  radice ricalcolata da %d foglie in %.1f s: è quella firmata" % (len(leaves), time.monotonic() - begun))

    if kept_path:
        kept = read_checkpoint(kept_path, key)
        if kept.size > checkpoint.size:
            raise Damage("il registro si è accorciato: %d voci conservate, %d servite" % (kept.size, checkpoint.size))
        if root(leaves[:kept.size]) != kept.root:
            raise Damage("le prime %d voci non sono quelle del checkpoint conservato" % kept.size)
        print("  le prime %d voci sono quelle del checkpoint conservato" % kept.size)

    verify_entries(server, leaves)
    if not key_text:
        print("  ATTENZIONE: la chiave è quella che il servizio dichiara. Per sapere di chi è, confrontarla")
        print("  con quella avuta per altra via e ripetere con --key.")
    if save:
        with open(save, "wb") as file:
            file.write(data)
        print("  checkpoint conservato in %s" % save)
    print("VERIFICATO")


def verify_entries(server, leaves):
    """Le foglie stesse: solo per chi le può leggere."""
    following = {}
    for number, width in bundles(len(leaves)):
        status, data = server.get("/log/tile/entries/" + tile_name(number, width))
        if status in (401, 403, 404):
            print("  le foglie sono riservate ai revisori: controllati solo gli hash")
            return
        if status != 200:
            raise Unable("le foglie: il servizio risponde %d" % status)
        for offset, entry in enumerate(read_bundle(data, width)):
            index = number * WIDTH + offset
            if leaf_hash(entry) != leaves[index]:
                raise Damage("la foglia %d non è quella firmata" % index)
            leaf = read_leaf(entry)
            expected = following.get(leaf["stream"], 0)
            if leaf["revision"] != expected:
                raise Damage("%s: attesa la revisione %d, c'è la %d" % (leaf["stream"], expected, leaf["revision"]))
            following[leaf["stream"]] = expected + 1
    print("  %d flussi senza lacune" % len(following))


def main(arguments):
    parser = argparse.ArgumentParser(
        prog="verify.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ways = parser.add_subparsers(dest="way", required=True)
    extract = ways.add_parser("extract", help="verifica un estratto")
    extract.add_argument("file")
    log = ways.add_parser("log", help="verifica il registro servito")
    log.add_argument("url")
    log.add_argument("--token", help="chi legge")
    log.add_argument("--save", metavar="FILE", help="conserva il checkpoint per la prossima volta")
    for way in (extract, log):
        way.add_argument("--key", help="la chiave del registro, avuta per altra via")
        way.add_argument("--checkpoint", metavar="FILE", help="un checkpoint conservato da prima")
    given = parser.parse_args(arguments)
    try:
        if given.way == "extract":
            verify_extract(given.file, given.key, given.checkpoint)
        else:
            verify_log(given.url, given.token, given.key, given.checkpoint, given.save)
    except Damage as why:
        print("NON VERIFICATO: %s" % why)
        return 1
    except Unable as why:
        print("NON VERIFICABILE: %s" % why)
        return 3
    except zipfile.BadZipFile:
        print("NON VERIFICATO: l'archivio è danneggiato")
        return 1
    except (KeyError, TypeError, ValueError, IndexError) as why:
        print("NON VERIFICATO: un contenuto non ha la forma prevista (%s)" % type(why).__name__)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
