"""What the tests of exports do at the desk: ask, let the worker prepare, take, and look at what is left."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from campaign.organizers import ledger
from campaign.organizers.export_worker import ExportWorker, run_jobs
from campaign.organizers.models import AuditEntry, ExportJob, ExportPart
from campaign.state import AppState


@dataclass
class Exporting:
    """One organizer who takes signatures out, and the worker beside them."""

    app: Flask
    who: Any  # an Organizer with a browser
    said: list[str] = field(default_factory=list)

    @property
    def site(self) -> AppState:
        """What the rooms stand on."""
        found: AppState = self.app.extensions["campaign"]
        return found

    def ask(self, document: str = "jsonl", **fields: str) -> TestResponse:
        """Asks for a file."""
        usual = {"document": document, "state": "standing", "separator": "comma", "why": "for the hand-over"}
        return self.who.send("exports", **usual | fields)

    def prepare(self) -> None:
        """The worker prepares what waits."""
        with self.app.app_context():
            run_jobs(self.site, self.said.append)

    def take(self, number: int = 0) -> TestResponse:
        """Takes a file, the newest unless another is named."""
        return self.who.send("exports/take", export=self.exports()[number].id.hex())

    def gets(self, document: str = "jsonl", **fields: str) -> bytes:
        """Asks, waits and takes."""
        assert self.ask(document, **fields).status_code == 303
        self.prepare()
        taken = self.take()
        assert taken.status_code == 200
        return taken.data

    def exports(self) -> list[ExportJob]:
        """What was asked for, the newest first."""
        with self.site.database.reading() as session:
            return list(session.scalars(sa.select(ExportJob).order_by(ExportJob.asked_at.desc())))

    def files(self) -> list[str]:
        """What lies in the folder of exports and in the table of their parts."""
        with self.site.database.reading() as session:
            stored = {export.hex() for export in session.scalars(sa.select(ExportPart.export_id))}
        return sorted(stored) + sorted(file.name for file in (self.site.settings.data / "exports").glob("*"))

    def later(self, passed: timedelta) -> None:
        """So much time passes for what was prepared, and the worker forgets what is over."""
        with self.site.database.writing() as session:
            ledger.begin_change(session)
            for export in session.scalars(sa.select(ExportJob)):
                for name in ("asked_at", "prepared_at"):
                    moment: datetime | None = getattr(export, name)
                    setattr(export, name, moment and moment - passed)
        ExportWorker(self.site.settings, self.site.database).purge()

    def audit(self, act: str) -> list[dict[str, Any]]:
        """The facts of every line of one kind, by whom among them."""
        with self.site.database.reading() as session:
            lines = session.scalars(sa.select(AuditEntry).where(AuditEntry.act == act).order_by(AuditEntry.number))
            return [{"by": line.by, **line.facts} for line in lines]
