"""`python -m styles` writes the kept part of Bootstrap anew, after a template's classes changed."""

from styles.bootstrap import KEPT, kept_now

KEPT.write_text(kept_now(), encoding="utf-8", newline="\n")
print(f"{KEPT.name}: {KEPT.stat().st_size} bytes")
