"""Tests of the tool itself: what it treats as code, and what it writes."""

import glob
import pathlib
import unittest

from schemata import DROPPED, FIXED, MOVED, TURNED, candidates, draw, redraw, rewritten, support
from swift_source import bodies, masked, module_folder

CHECKOUT = pathlib.Path(__file__).resolve().parents[3]

SOURCE = '''
// if a < 100 { return true }
struct Valve {
    /* nested /* if x == 200 */ */
    static let mostPercent = 100
    let text = "if a < 100 \\(count > 7 ? "b" : #"c < 5"#) {"
    let long = """
        if a < 100 { "quoted" }
        """
    let pattern = #/[0-9]{3,400} < 1/#
    func isOpen(percent: Int) -> Bool {
        if percent > Self.mostPercent {
            logger.warning("too far", metadata: ["limit": "\\(400 < 500)"])
            return false
        }
        guard percent < 100 || isForced else { return true }
        switch percent { case 250: return false; default: return percent >= 20 }
    }
    var half: Double { percent / 2 }
    init?(percent: Int) { guard percent <= 100 else { return nil } }
    func limited(to limit: Int = 60) -> Int { min(limit, 90) }
}
'''


class SchemataTests(unittest.TestCase):
    def test_texts_and_comments_are_no_code(self):
        code = masked(SOURCE)
        self.assertEqual(len(code), len(SOURCE))
        self.assertEqual(code.count("\n"), SOURCE.count("\n"))
        for gone in ("a < 100", "200", "quoted", "400", "too far", "c < 5"):
            self.assertNotIn(gone, code)
        self.assertIn("static let mostPercent = 100", code)

    def test_results_are_found_with_their_types(self):
        found = [kind for _, _, kind in bodies(masked(SOURCE))]
        self.assertEqual(sorted(found), ["Bool", "Double", "Int", "Self?"])

    def test_every_kind_is_found_and_nothing_where_it_must_not_be(self):
        changes = [(kind, made(7)[0]) for kind, _, made in candidates(SOURCE)]
        self.assertEqual({kind for kind, _ in changes}, {TURNED, MOVED, DROPPED, FIXED})
        told = "\n".join(change for _, change in changes)
        self.assertIn("`100` → `200` in `static let mostPercent = 100`", told)
        self.assertIn("always `nil` from `init?(percent: Int)`", told)
        self.assertIn("without `guard percent < 100 || isForced`", told)
        self.assertNotIn("250", told)
        self.assertNotIn("`60`", told)

    def test_a_change_keeps_the_lines(self):
        for _, _, made in candidates(SOURCE):
            _, edits, _ = made(12)
            mutant = type("One", (), {"edits": edits})
            changed = rewritten(SOURCE, [mutant])
            self.assertNotEqual(changed, SOURCE)
            self.assertEqual(changed.count("\n"), SOURCE.count("\n"))
            self.assertTrue("12" in changed or "⊖⊗" in changed)

    def test_a_seed_draws_the_same_from_every_module(self):
        files = []
        for top in ("Sources", "simulators"):
            for path in sorted(glob.glob(str(CHECKOUT / top / "*/**/*.swift"), recursive=True)):
                name = str(pathlib.Path(path).relative_to(CHECKOUT))
                files.append((module_folder(name).split("/")[-1], name, pathlib.Path(path).read_text()))
        first, second, other = (draw(files, seed, 120) for seed in (7, 7, 8))
        self.assertEqual(first, second)
        self.assertNotEqual(first, other)
        self.assertEqual(len(first), 120)
        modules = {module for module, _, _ in files}
        self.assertGreater(len({one.module for one in first}), 0.9 * len(modules))
        self.assertEqual(len({(one.file, one.line) for one in first}), 120)
        for module in modules:
            self.assertIn("enum HearthMutants", support([one for one in first if one.module == module]))

    def test_a_change_is_found_again_in_later_sources(self):
        first = draw([("Pipes", "Sources/Pipes/Valve.swift", SOURCE)], 3, 4)
        later = "// A line more.\n" + SOURCE
        found, gone = redraw([("Pipes", "Sources/Plumbing/Pipes/Valve.swift", later)], first)
        self.assertEqual([(one.number, one.change) for one in found], [(one.number, one.change) for one in first])
        self.assertEqual([one.line for one in found], [one.line + 1 for one in first])
        self.assertEqual(gone, [])
        self.assertEqual(redraw([("Pipes", "Sources/Pipes/Other.swift", SOURCE)], first), ([], first))

    def test_a_bound_moves_as_far_as_it_did(self):
        most = [("Pipes", "Sources/Pipes/Valve.swift", SOURCE)]
        first = [one for one in draw(most, 3, 40) if "static let mostPercent" in one.change]
        self.assertEqual(len(first), 1)
        first[0].change = first[0].change.replace("`200`", "`101`")
        found, gone = redraw(most, first)
        self.assertEqual(gone, [])
        self.assertIn("mostPercent = hearthMutated(%d, 100, 101)" % first[0].number, rewritten(SOURCE, found))


if __name__ == "__main__":
    unittest.main()
