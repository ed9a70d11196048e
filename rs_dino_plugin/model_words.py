"""What the cards of our own and of published models say, in the user's language. Other models speak for themselves."""

from __future__ import annotations

from .i18n import tr

TEXTS = {
    "landcover-title": "Starter: land cover",
    "landcover-description": "Buildings, roads and paved ground, low vegetation, trees, water and bare "
    "ground from aerial RGB.",
    "landcover-limits": "Red, green and blue, 0.1 to 1 m per pixel; made for 0.15 to 0.3 m. Trained on "
    "few places (Dubai, the Netherlands, the north-east of the USA, Nepal, forest "
    "plots in the USA, one French farm): expect errors elsewhere, in winter and "
    "dusk light, for dry grass against bare ground, flat roofs against paved "
    "ground, shadows against water. A first map to improve by fine-tuning, not a "
    "survey.",
    "landcover-split": "held-out parts of each source, not used in training; see README.md",
    "canopy-title": "Starter: canopy height",
    "canopy-description": "Height of trees above ground, in metres, from aerial RGB.",
    "canopy-limits": "Red, green and blue, 0.1 to 1 m per pixel; made for 0.25 m, leaves on. Taught "
    "on some sixty small forest plots in the USA and one French farm: heights tell "
    "tall from low and trees from ground there; elsewhere expect errors of many "
    "metres. Trees above 20 m come out too low, the more the taller. For real work "
    "use CHMv2 or teach this one your own heights.",
    "canopy-split": "plots TEAK_043, 044, 046, 047, OSBS and site MLBS; see README.md",
    "features-title": "Starter: features",
    "features-description": "Features of a small vision transformer of DINOv3's build; not Meta's weights.",
    "features-limits": "Not Meta's weights and not trained as theirs: a ViT of six blocks that was "
    "taught to give what a small convolutional network sees. Good for trying "
    "feature maps, clusters and similarity before the real weights are there; tells"
    " vegetation, water, roofs and paved ground apart by colour and texture, and "
    "little beyond.",
    "semantic": "land cover and objects; the smaller, the faster",
    "fast": "land cover and objects, with features at 4-32 px: fine maps with a head that joins them",
    "metric": "canopy height and other measures, imagery from space",
    "heights": "canopy height in metres, together with dinov3-vitl16-sat493m",
    "head": "CHMv2 canopy-height head for ViT-L/16",
    "web": "web images",
    "satellite": "satellite images",
    "red": "red",
    "green": "green",
    "blue": "blue",
    "nir": "nir",
    "band-nir": "near infrared",
}


def worded(text: str) -> str:
    """``text`` in the user's language where it, or its end after the last comma, is one of these; else as it is."""
    whole = tr(text)
    start, comma, end = text.rpartition(", ")
    if whole != text or not comma or tr(end) == end:
        return whole
    return tr("{begin}, {end}").format(begin=tr(start), end=tr(end))


def band(name: str) -> str:
    """A band's name for people: ``nir`` is near infrared."""
    return tr(TEXTS.get("band-" + name, name))
