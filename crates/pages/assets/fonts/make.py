"""Makes the fonts of pages anew: crates/pages/assets/fonts.

    pip install fonttools==4.68.0 brotli==1.2.1
    npm pack @fontsource-variable/figtree@5.3.0 && tar xf fontsource-variable-figtree-5.3.0.tgz
    python crates/pages/assets/fonts/make.py package/files crates/pages/assets/fonts

Keeps the letters, weights and features that pages use: 16 kB a page. The same input gives the same
bytes.
"""

import io
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

# The same ranges stand in fonts.css.
ASCII_AND_WESTERN = (
    "U+0020-007E,U+00A0-00FF,U+0131,U+0152-0153,U+0160-0161,U+0178,U+017D-017E,"
    "U+2010-2026,U+202F,U+20AC,U+2212"
)
MORE_LATIN = (
    "U+0100-0130,U+0132-0151,U+0154-015F,U+0162-0177,U+0179-017C,U+017F,U+0218-021B,"
    "U+1E9E,U+1EF2-1EF3,U+20B9"
)
FONTS = [
    ("figtree-latin-wght-normal.woff2", "figtree.woff2", ASCII_AND_WESTERN),
    ("figtree-latin-ext-wght-normal.woff2", "figtree-more.woff2", MORE_LATIN),
]
FEATURES = ["kern", "mark", "ccmp", "locl", "tnum", "lnum", "liga"]
WEIGHTS = (400, 400, 700)  # least, usual, most


def made(source, letters):
    options = subset.Options(hinting=False, layout_features=FEATURES)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(letters))
    font = TTFont(source, recalcTimestamp=False)
    subsetter.subset(font)
    # Tables are read anew, for both steps change the same ones.
    font.flavor = None
    between = io.BytesIO()
    font.save(between)
    between.seek(0)
    font = instancer.instantiateVariableFont(TTFont(between, recalcTimestamp=False), {"wght": WEIGHTS})
    font.flavor = "woff2"
    return font


sources, folder = map(Path, sys.argv[1:])
for source, name, letters in FONTS:
    made(sources / source, letters).save(folder / name)
    print(name, (folder / name).stat().st_size, "bytes")
