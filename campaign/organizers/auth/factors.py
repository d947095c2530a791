"""What organizers prove themselves with: a passphrase (Argon2id, RFC 9106), and a second factor that works once each time.

The second factor is a code of an app (TOTP, RFC 6238), or a recovery code on paper.
"""

import base64
import re
import secrets
import unicodedata
from datetime import datetime
from threading import Lock

import pyotp
import segno
import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from campaign.crypto.sealing import CannotOpen, decrypt, encrypt, token_hash
from campaign.languages import digits
from campaign.organizers import ledger
from campaign.organizers.models import Account, RecoveryCode
from campaign.petition.forgotten import remember_codes

STEP_SECONDS = 30
CLOCK_TOLERANCE = 1  # steps that a telephone's clock may be off, in either direction
RECOVERY_CODES = 10
MIN_LENGTH, MAX_LENGTH = 15, 200  # characters of a passphrase
MEASURED_LENGTH = 72  # characters; measuring more takes seconds
SAFE_SCORE = 4  # of zxcvbn: more than 10 billion guesses
PASSPHRASE_PATHS = re.compile("/[^/]+/organize/(enter|again|set-up/[^/]+|account/passphrase)")
"""The addresses to which a passphrase is sent. The server answers posts to them in a thread of their own."""

PASSPHRASES_BUSY = "campaign.passphrases_busy"
"""The key of a WSGI environ whose request must be answered without a passphrase being looked at: too many wait already."""

# More than OWASP's least (19 MiB, 2 passes); 64 MiB as RFC 9106 has it is too much for a web worker of 256 MiB.
hasher = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
_one_at_a_time = Lock()  # of Argon2, or as many posts as come at once would take that much memory each
_dummy_hashes: list[str] = []


def set_new_secret(key: bytes, account: Account) -> None:
    """Give the account a new secret, encrypted under the desk's key; codes of the old one stop working."""
    account.factor_box = encrypt(key, pyotp.random_base32())


def totp_secret(key: bytes, account: Account) -> str:
    """Return the secret as the app wants it, in base32."""
    assert account.factor_box
    return decrypt(key, account.factor_box)


def format_secret(secret: str) -> str:
    """Return a secret in groups of four, as people type it; apps ignore the spaces."""
    return " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))


def otpauth_url(secret: str, account: Account, issuer: str) -> str:
    """Return the address that an authenticator app on the same telephone opens; it lists it under the issuer."""
    plain = issuer.replace(":", " ")  # which would end the name, as the format of these addresses has it
    return pyotp.TOTP(secret).provisioning_uri(name=account.email, issuer_name=plain)


def new_secret_box(key: bytes, account: Account) -> tuple[str, str]:
    """Return a new secret, and the same encrypted for this account, to be carried by a form until its first code is right."""
    secret = pyotp.random_base32()
    return secret, encrypt(key, f"{account.id}:{secret}").hex()


def open_secret_box(key: bytes, account: Account, box: str) -> str | None:
    """Return the secret of a box that was made for this account; None for another one."""
    try:
        owner, _, secret = decrypt(key, bytes.fromhex(box)).partition(":")
    except (CannotOpen, ValueError):
        return None
    return secret if owner == str(account.id) else None


def replace_secret(session: Session, key: bytes, account: Account, secret: str, typed: str, moment: datetime) -> bool:
    """Have another secret in force, if the code is its first one; return False for a wrong code."""
    ledger.begin_change(session)
    before = account.factor_box, account.last_step
    account.factor_box, account.last_step = encrypt(key, secret), 0
    session.flush()
    if not _use_totp(session, key, account, re.sub(r"[\s-]", "", digits(typed))[:6], moment):
        account.factor_box, account.last_step = before
        return False
    session.refresh(account)
    return True


def qr_svg(address: str) -> str:
    """Return such an address as a QR code, an SVG inside the page."""
    return str(segno.make(address, error="m").svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None))


def use_code(session: Session, key: bytes, account: Account, typed: str, moment: datetime) -> bool:
    """Use a code of either kind up; return False when it is wrong or was used before, also at this very moment."""
    ledger.begin_change(session)
    code = re.sub(r"[\s-]", "", digits(typed))[:40].lower()
    if re.fullmatch("[0-9]{6}", code):
        return _use_totp(session, key, account, code, moment)
    return _use_recovery_code(session, account, code)


def _use_recovery_code(session: Session, account: Account, code: str) -> bool:
    """Return whether the code is one of those that the account was given: the database decides who uses it, in one statement."""
    found = session.get(RecoveryCode, (account.id, token_hash(code)))
    if found is None or not ledger.is_ours(session, found):
        return False
    used = sa.delete(RecoveryCode).where(RecoveryCode.account_id == account.id, RecoveryCode.code_hash == token_hash(code))
    if not session.execute(used).rowcount:  # type: ignore[attr-defined]  # what DELETE returns has it
        return False
    remember_codes(session, [found.code_hash])
    return True


def _use_totp(session: Session, key: bytes, account: Account, code: str, moment: datetime) -> bool:
    """Return whether the code is of a step that is newer than every one used: the database decides, in one statement."""
    if account.factor_box is None:
        return False
    totp, now_step = pyotp.TOTP(totp_secret(key, account)), int(moment.timestamp()) // STEP_SECONDS
    steps = [
        step
        for step in range(now_step - CLOCK_TOLERANCE, now_step + CLOCK_TOLERANCE + 1)
        if secrets.compare_digest(totp.generate_otp(step), code)
    ]
    if not steps:
        return False
    newer = sa.update(Account).where(Account.id == account.id, Account.last_step < steps[-1]).values(last_step=steps[-1])
    return bool(session.execute(newer).rowcount)  # type: ignore[attr-defined]  # what UPDATE returns has it


def new_recovery_codes(session: Session, account: Account) -> list[str]:
    """Replace the recovery codes by new ones of 80 random bits each, and return them: they can be shown only now."""
    ledger.begin_change(session)
    replaced = sa.delete(RecoveryCode).where(RecoveryCode.account_id == account.id).returning(RecoveryCode.code_hash)
    remember_codes(session, session.scalars(replaced).all())
    codes = [base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(account_id=account.id, code_hash=token_hash(code)) for code in codes)
    return ["-".join(code[place : place + 4] for place in range(0, 16, 4)) for code in codes]


def count_recovery_codes(session: Session, account: Account) -> int:
    """Return how many recovery codes were not used yet."""
    unused = sa.select(sa.func.count()).select_from(RecoveryCode).where(RecoveryCode.account_id == account.id)
    return session.scalar(unused) or 0


def is_strong_enough(typed: str, email: str = "", site: str = "") -> bool:
    """Return whether a passphrase is long enough, and hard to guess; words of the address and the site count for nothing."""
    plain = _plain(typed)
    if not MIN_LENGTH <= len(plain) <= MAX_LENGTH:
        return False
    from zxcvbn import zxcvbn  # its lists of words take 15 MB, and are needed when somebody chooses a passphrase

    known = "|".join(sorted(re.findall(r"\w{3,}", f"{email} {site}"), key=len, reverse=True))
    rest = re.sub(known, "", plain, flags=re.IGNORECASE) if known else plain
    return bool(rest and zxcvbn(rest[:MEASURED_LENGTH])["score"] >= SAFE_SCORE)


def hash_passphrase(typed: str) -> str:
    """Return the hash of a passphrase that is stored."""
    with _one_at_a_time:
        return hasher.hash(_plain(typed))


def verify_passphrase(typed: str, kept: str | None) -> bool:
    """Compare a passphrase with a stored hash; take as long where there is none."""
    with _one_at_a_time:
        if not _dummy_hashes:
            _dummy_hashes.append(hasher.hash("the passphrase of nobody"))
        try:
            hasher.verify(kept or _dummy_hashes[0], _plain(typed[: 2 * MAX_LENGTH]))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def _plain(typed: str) -> str:
    """Normalize a passphrase, as keyboards differ (RFC 8265, OpaqueString)."""
    return unicodedata.normalize("NFC", typed)
