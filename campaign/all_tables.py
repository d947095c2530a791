"""Every table of the database: who has imported this knows them all. See `schema_version.all_tables`."""

import campaign.health.backup_record
import campaign.health.conditions
import campaign.instance
import campaign.organizers.models
import campaign.outbox.heartbeat
import campaign.outbox.mail_providers
import campaign.outbox.outage
import campaign.outbox.purge_clock
import campaign.outbox.queue
import campaign.outbox.quota
import campaign.outbox.smtp
import campaign.petition.day_counts
import campaign.petition.deliveries
import campaign.petition.drafts
import campaign.petition.forgotten
import campaign.petition.inquiries
import campaign.petition.key_rotation
import campaign.petition.links
import campaign.petition.models
import campaign.petition.name_index
import campaign.petition.news
import campaign.petition.news_key
import campaign.petition.plan
import campaign.petition.published
import campaign.petition.supporters  # noqa: F401  # the last of those that only define tables
