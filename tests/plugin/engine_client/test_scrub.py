"""What is private leaves a report, and the rest stays."""

import pytest

from rs_dino_plugin.engine_client.scrub import scrubbed


@pytest.mark.parametrize(
    ("text", "home", "user", "shown"),
    [
        ("in /home/li.wei/x and /home/li.weiss/y", "/home/li.wei", "li.wei", "in ~/x and /home/li.weiss/y"),
        (r"C:\Users\王伟\AppData", r"C:\Users\王伟", "王伟", r"~\AppData"),
        (r"c:/users/王伟/AppData, C:\\Users\\王伟\\x", r"C:\Users\王伟", "王伟", r"~/AppData, ~\\x"),
        (
            "/data/ann/big.tif of Ann, not Annapolis",
            "/home/ann",
            "ann",
            "/data/<user>/big.tif of <user>, not Annapolis",
        ),
        ("/root/x: the root of it", "/root", "root", "~/x: the root of it"),
        ("http://me:secret@proxy:3128/simple", "/home/me2", "me2", "http://…@proxy:3128/simple"),
        ("https://cdn.net/w.pth?Policy=abc&Signature=d e", "/h", "", "https://cdn.net/w.pth?… e"),
        ("token hf_AbCdEfGh12345678 sent", "/h", "", "token hf_… sent"),
        ("/ stays /", "/", "x", "/ stays /"),
    ],
)
def test_private_parts_are_taken_out(text, home, user, shown):
    assert scrubbed(text, home, user) == shown
