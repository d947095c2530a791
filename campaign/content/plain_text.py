"""Markdown as plain text, for e-mails: without its signs, and with the address of a link on a line below its paragraph.

On a separate line an address reads from left to right in every language, and mail programs find its end.
"""

import itertools
import textwrap

from markdown_it.tree import SyntaxTreeNode

from campaign.content.pages import MARKDOWN

LIST_BLOCKS = {"bullet_list", "ordered_list"}
LINE_BREAKS = {"softbreak", "hardbreak"}


def plain_text(words: str, origin: str) -> str:
    """Return words as plain text; `origin` is put in front of addresses of the site itself."""
    return "\n\n".join(filter(None, (_block(one, origin) for one in SyntaxTreeNode(MARKDOWN.parse(words)).children)))


def _block(node: SyntaxTreeNode, origin: str) -> str:
    if node.type == "inline":
        return "\n".join([_line(node), *_addresses(node, origin)])
    if node.type in LIST_BLOCKS:
        signs = itertools.repeat("- ") if node.type == "bullet_list" else map("{}. ".format, itertools.count(_start(node)))
        return "\n".join(_item(one, sign, origin) for one, sign in zip(node.children, signs, strict=False))
    return "\n".join(_block(one, origin) for one in node.children) or node.content.strip()


def _start(node: SyntaxTreeNode) -> int:
    return int(node.attrs.get("start", 1))


def _item(node: SyntaxTreeNode, sign: str, origin: str) -> str:
    text = "\n".join(_block(one, origin) for one in node.children)
    return sign + textwrap.indent(text, " " * len(sign)).lstrip()


def _line(node: SyntaxTreeNode) -> str:
    if node.type in LINE_BREAKS:
        return "\n"
    return "".join(map(_line, node.children)) or node.content


def _addresses(node: SyntaxTreeNode, origin: str) -> list[str]:
    """Return where the links lead; not where the address is what is read, or is a place on the same page."""
    links = [one for one in node.walk() if one.type == "link" and one.info != "auto"]
    found = [(str(one.attrs["href"]).removeprefix("mailto:"), _line(one)) for one in links]
    whole = [(f"{origin}{address}" if address.startswith("/") else address, words) for address, words in found]
    return [address for address, words in whole if address not in ("", words) and not address.startswith("#")]
