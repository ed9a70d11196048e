"""Looking through result polygons one by one, and keeping what was corrected. No widgets here."""
