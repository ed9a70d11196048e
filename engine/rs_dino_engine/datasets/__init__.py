"""Data sets: what they are (spec and one TOML file each), where their labels come from, and chips cut from them."""
