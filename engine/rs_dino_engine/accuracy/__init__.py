"""How good a map is: references against it, estimates with intervals, the tables that say so."""
