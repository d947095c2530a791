"""What /metrics says: the conditions, the e-mails and the published count, as Prometheus reads them."""

import hmac
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from campaign.health.conditions import NAMES, State
from campaign.outbox.queue import MessageCounts
from campaign.petition.counting import Snapshot
from campaign.public.readiness import is_ready

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


class CampaignMetrics(Collector):
    """The figures of one moment."""

    def __init__(self, ready: dict[str, Any], emails: MessageCounts | None, published: Snapshot, at: datetime) -> None:
        self._ready, self._emails, self._published, self._at = ready, emails, published, at

    def collect(self) -> Iterator[Metric]:
        """Yield every family of figures."""
        yield GaugeMetricFamily("campaign_ready", "1 while people can sign and get their e-mails.", value=is_ready(self._ready))
        states = GaugeMetricFamily("campaign_condition", "1 for the state that a condition is in.", labels=["condition", "state"])
        sentences = GaugeMetricFamily(
            "campaign_trouble", "1 for each condition in trouble, and what to do about it.", labels=["condition", "sentence"]
        )
        conditions: dict[str, str] = self._ready.get("conditions") or dict.fromkeys(NAMES, State.UNKNOWN.value)
        for name, found in conditions.items():
            for state in State:
                states.add_metric([name, state.value], found == state.value)
        for name, sentence in self._ready.get("trouble", {}).items():
            sentences.add_metric([name, sentence], 1)
        yield states
        yield sentences
        if self._emails is None:
            return
        emails = GaugeMetricFamily("campaign_emails", "E-mails in the outbox.", labels=["state"])
        for kind in ("waiting", "overdue", "refused"):
            emails.add_metric([kind], getattr(self._emails, kind))
        yield emails
        yield GaugeMetricFamily("campaign_signatures", "Signatures that count, as published.", value=self._published.confirmed)
        age = (self._at - self._published.as_of).total_seconds()
        yield GaugeMetricFamily("campaign_count_age_seconds", "Seconds since the count was published.", value=age)


def is_allowed(header: str, token: str) -> bool:
    """Return whether a request brings the bearer token (RFC 6750) of the settings; never where there is none."""
    kind, _, sent = header.partition(" ")
    return bool(token) and kind.lower() == "bearer" and hmac.compare_digest(sent.strip().encode(), token.encode())


def render_metrics(metrics: CampaignMetrics) -> bytes:
    """Return the figures as text."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(metrics)
    return generate_latest(registry)
