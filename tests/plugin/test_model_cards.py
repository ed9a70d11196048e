"""What is known of a model without the engine: of imported ones by their names, too."""

import shutil


def test_an_imported_model_has_its_card_by_name(plugin, imported):
    from rs_dino_plugin.model_cards import card_of
    from rs_dino_plugin.settings import known_models

    folder = imported("fields-fr")
    assert "fields-fr" in known_models()
    card = card_of("fields-fr")
    assert (card.gsd_m, card.classes, card.kind) == (0.5, 6, "classes")
    assert card.line().startswith("田块 Fields · 6 classes · 0.5 m per pixel · bands: red, green, blue · MIT")
    assert card_of(str(folder)) == card
    shutil.rmtree(folder)
    assert card_of("fields-fr") is None


def test_an_imported_model_counts_where_an_embedded_one_has_its_name(plugin, imported):
    from rs_dino_plugin.model_cards import card_of

    assert card_of("starter-landcover").gsd_m == 0.2
    folder = imported("starter-landcover")
    assert card_of("starter-landcover").gsd_m == 0.5
    shutil.rmtree(folder)
    assert card_of("starter-landcover").gsd_m == 0.2


def test_a_card_says_what_comes_out(plugin, imported):
    from rs_dino_plugin.i18n import Translation
    from rs_dino_plugin.model_cards import card_of

    imported("my-heights", of="starter-canopy", title="Trees of Reims")
    imported("vit", of="starter-features", title="ViT-S/16")
    assert card_of("my-heights").line().startswith("Trees of Reims · canopy height · 0.5 m")
    assert card_of("vit").line().startswith("ViT-S/16 · features · ")
    assert card_of("starter-canopy").line().lower().count("canopy height") == 1
    translation = Translation("zh-Hans")
    try:
        assert "高" in card_of("my-heights").line().split(" · ")[1]
    finally:
        translation.remove()


def test_of_several_models_the_finest_counts(plugin, imported):
    from rs_dino_plugin.model_cards import finest_gsd_m

    imported("fields", gsd_m=0.5)
    imported("any-size", gsd_m=None)
    assert finest_gsd_m(["any-size", "no such model"]) is None
    assert finest_gsd_m(["fields", "any-size", "starter-canopy", "no such model"]) == 0.25


def test_names_that_were_kept_without_their_folders_are_still_offered(plugin, imported):
    from rs_dino_plugin.model_cards import card_of
    from rs_dino_plugin.settings import known_models, set_known_models

    set_known_models(["old-name"])
    assert known_models()[:1] == ["old-name"] and card_of("old-name") is None
