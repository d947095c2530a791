"""What platforms that run containers decide for the site: a disk that forgets. Their database is in config.py."""

from pathlib import Path

from campaign.config import Settings

FORGETTING = {"aufs", "overlay", "ramfs", "tmpfs"}  # kinds of file systems that are gone with the container or the machine
FORGETS = (
    "{} is on a disk that forgets ({}): what people sign, or the keys, would be gone with the next start."
    " Mount a volume there, or set CAMPAIGN_DATA to a folder on one."
)


def find_forgetting(settings: Settings) -> str | None:
    """Return why a public campaign cannot be kept here; None where it can.

    With PostgreSQL the disk may forget, if the keys are brought to it before each start.
    """
    keys = settings.data / "keys"
    is_elsewhere = settings.database_url.startswith("postgresql") and (keys / "tag.key").exists()
    kind = disk_kind(settings.data)
    return None if settings.is_loopback or is_elsewhere or kind not in FORGETTING else FORGETS.format(settings.data, kind)


def disk_kind(folder: Path) -> str:
    """Return the kind of the file system that a folder is on, or will be made on; empty where the system does not tell."""
    try:
        lines = Path("/proc/self/mounts").read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    mounts = {Path(line.split()[1].replace("\\040", " ")): line.split()[2] for line in lines}  # the last one is on top
    place = folder.resolve()
    return next((mounts[one] for one in (place, *place.parents) if one in mounts), "")
