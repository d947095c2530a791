"""Somebody of the desk with a browser, and a desk with something on it."""

import secrets
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

import pyotp
import sqlalchemy as sa
from nacl.public import PrivateKey
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from campaign.config import Settings
from campaign.crypto.keys import fingerprint, load_keys
from campaign.database import Database, now
from campaign.instance import key_folder
from campaign.organizers import accounts, ledger, news_approval, removals
from campaign.organizers.actions import Action
from campaign.organizers.auth import factors
from campaign.organizers.models import ORGANIZER, Request
from campaign.outbox.mail_providers import add_counts
from campaign.petition import counting, display_names, drafts, key_rotation
from campaign.petition.inquiries import Inquiry
from campaign.petition.models import Burst, BurstMember, Signature
from campaign.petition.part import Typed
from campaign.petition.published import TextKind, read_rows
from campaign.petition.word_parts import parts_of, save_part
from tests.browser.places import SAMPLE_OF
from tests.servers import Campaign

PASSPHRASE = "olives ripen in november"
WORD = "unabbreviated"
ODD = ("Lаyla", "سامي Call 00963944555111", "12345", "ههههه", f"{'Layla A. ' * 8}t.me layla")
FARED = (("gmail.com", 620, 410), ("outlook.com", 240, 31), ("other", 98, 70))  # letters sent and confirmed

EVENT_FORMS = {
    "first": "new/handed-over",
    "answer": f"{SAMPLE_OF}/answered",
    "translation": f"{SAMPLE_OF}/translated",
}

PLACES = {  # the pages of the desk by name, behind the language
    "overview": "",
    **{
        name: name
        for name in (
            "signatures",
            "review",
            "emails",
            "emergency",
            "exports",
            "requests",
            "audit",
            "accounts",
            "account",
            "removals",
            "address",
            "key",
            "plan",
            "inquiries",
            "words",
            "deliveries",
            "trends",
            "news",
            "supporters",
        )
    },
    "trends by day": "trends?by=day",
    "piece": "words/letter",
    "edit_words": "words/letter/p3",
    "edit_words new": "words/addressee/new",
    "preview_words": "words/letter/preview",
    "publish_words": "words/letter/publish",
    "earlier_words": "words/letter/earlier",
    "delivery": f"deliveries/{SAMPLE_OF}",
    "office": f"offices/{SAMPLE_OF}",
    **{f"add_to_delivery {name}": f"deliveries/{path}" for name, path in EVENT_FORMS.items()},
    "new_supporter": "supporters/new",
    "supporter": "supporters/1",
    "supporter not shown": "supporters/2",
    "piece update": "words/update",
    "edit_words update": "words/update/new",
    **{f"switch {name}": f"switch/{name}" for name in ("signing", "mail", "names", "words")},
    "passphrase": "account/passphrase",
    "recovery_codes": "account/recovery-codes",
    "authenticator": "account/authenticator",
    "lock_account": "accounts/1/lock",
    "going_public": "going-public",
    "succession": "succession",
    "withdraw_testimony": "emergency/testimony",
    "hide_author": "emergency/author",
    "again": "again",
}


@dataclass
class BrowserOrganizer:
    """An account that is set up, on a campaign that runs."""

    campaign: Campaign
    email: str
    secret: str

    def code(self) -> str:
        """A code that was not used yet: the app is taken to be a step further each time."""
        with closing(Database("", self.campaign.data)) as database, database.writing() as session:
            ledger.begin_change(session)
            accounts.get_account(session, self.email).last_step = 0
        return pyotp.TOTP(self.secret).now()

    def enter(self, page: Page, language: str) -> Page:
        """Logs in with mouse and keyboard."""
        page.goto(f"/{language}/organize/enter")
        for field, typed in (("#email", self.email), ("#passphrase", PASSPHRASE), ("#code", self.code())):
            page.locator(field).fill(typed)
        page.locator("main form .button").click()
        page.wait_for_url(f"**/{language}/organize/")
        return page

    def prove(self, page: Page) -> Page:
        """Gives passphrase and code once more, where a page asks for it."""
        if "/organize/again" in page.url:
            page.locator("#passphrase").fill(PASSPHRASE)
            page.locator("#code").fill(self.code())
            page.locator("main form .button").click()
            page.wait_for_url(lambda url: "/again" not in url)
        return page


def new_organizer(campaign: Campaign, role: str = ORGANIZER) -> BrowserOrganizer:
    """Makes an account on a campaign that runs."""
    email = f"omar.{secrets.token_hex(4)}@example.org"
    keys = load_keys(key_folder(Settings(data=campaign.data)))
    with closing(Database("", campaign.data)) as database, database.writing() as session:
        accounts.add(session, email, role, now())
        account = accounts.get_account(session, email)
        accounts.choose_passphrase(session, account, factors.hash_passphrase(PASSPHRASE), keys.desk)
        secret = factors.totp_secret(keys.desk, account)
        session.flush()
        accounts.confirm_second_factor(session, account, pyotp.TOTP(secret).now(), keys.desk, now())
    return BrowserOrganizer(campaign, email, secret)


def invited(campaign: Campaign) -> str:
    """The token of a link to set up an account that nobody has used."""
    with closing(Database("", campaign.data)) as database, database.writing() as session:
        return accounts.add(session, f"nour.{secrets.token_hex(4)}@example.org", ORGANIZER, now())


def _ask_for_a_key(session: Session) -> None:
    """Somebody with a long address asks for another key: the longest line that the desk shows."""
    key = PrivateKey.generate().public_key
    facts = {"public": key_rotation.encode_key(key), "fingerprint": fingerprint(key)}
    ledger.begin_change(session)
    session.add(Request(act=Action.KEY_CHANGE.value, facts=facts, asked_by=f"{'n' * 60}@example.org", asked_at=now()))


def _agree_to_news(session: Session) -> None:
    """Two have agreed to the first update, where there is one, and another waits."""
    updates = [row.name for row in read_rows(session) if row.kind == TextKind.UPDATE][:2]
    for slug, decided_at in zip(updates, (now(), None), strict=False):
        facts = {"update": slug, "digest": news_approval.words_fingerprint(session, slug)}
        people = {"asked_by": "nour@example.org", "decided_by": decided_at and "omar@example.org"}
        at = {"asked_at": now(), "decided_at": decided_at, "done_at": decided_at}
        session.add(Request(act=Action.NEWS_MAILING.value, facts=facts, **people, **at))


def draft_words(session: Session) -> None:
    """Other words for a paragraph of the letter, which wait to be published."""
    drafted = drafts.read_drafted(session)
    part = next(one for one in parts_of(drafted, TextKind.LETTER) if one.key == "p3")
    typed = Typed({code: f"{words} {WORD * 12}" if code == "en" else words for code, words in part.words.items()})
    save_part(session, drafted, part, typed, by="1", today=now().date())


def lay_on_the_desk(campaign: Campaign, by: str) -> dict[str, str]:
    """Odd and held names, a wave, a held group, e-mails by provider, a removal; the addresses of all that is there to see."""
    today = now().date()
    with closing(Database("", campaign.data)) as database:
        with database.writing() as session:
            draft_words(session)
            some = list(session.scalars(sa.select(Signature).limit(12)))
            for place, words in enumerate(ODD):
                display_names.change_display_name(session, some[place], words, today=today, hold=place == 0)
            for back, (provider, sent, confirmed) in enumerate(FARED):
                add_counts(session, today - timedelta(days=back), provider, sent=sent, confirmed=confirmed, refused=back * 3)
            waves = [Burst(day=today, hour=14, provider=provider, number=12) for provider in ("other", "gmail.com")]
            session.add_all(waves)
            session.flush()
            session.add_all(BurstMember(wave_id=waves[0].id, signature_id=one.id) for one in some)
            group = Burst(day=today, hour=14, provider="other", number=4, is_held=True)
            session.add(group)
            session.flush()
            session.add_all(BurstMember(wave_id=group.id, signature_id=one.id) for one in some[8:])
            for one in some[8:]:
                one.held_in = group.id
            month_ago = today - timedelta(days=31)
            session.add(Inquiry(kind="access", came_on=month_ago, due_on=today - timedelta(days=1), note="W" * 200))
            closed = {"came_on": month_ago, "due_on": today, "note": "", "outcome": "told"}
            session.add(Inquiry(kind="not_signed", closed_on=today, **closed))
            removal = removals.draft(session, [one.id for one in some], by=by, at=now())
            _ask_for_a_key(session)
            _agree_to_news(session)
            found = {
                "wave": f"review/wave/{waves[0].id}",
                "wave of one domain": f"review/wave/{group.id}",
                "removal": f"removals/{removal.id}",
            }
            found |= {"signature": f"signatures/{some[1].id.hex()}", "sealed": f"signatures/{some[1].id.hex()}/sealed"}
            found |= {"inquiry": "inquiries/1"}
        counting.publish(database)
    return found
