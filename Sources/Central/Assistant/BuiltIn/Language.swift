/// The languages of Hearth's own texts. Language models answer in the guest's language, whichever it is.
package enum Language: String, Sendable, CaseIterable {
    case english = "en"
    case german = "de"

    /// Returns the language of `text` by its common words; `otherwise` if they are not conclusive.
    package static func detected(in text: String, otherwise: Language) -> Language {
        let words = WordTokens(text).words
        let german = words.count { germanWords.contains($0) } + (text.contains { "äöüßÄÖÜ".contains($0) } ? 2 : 0)
        let english = words.count { englishWords.contains($0) }
        return german == english ? otherwise : german > english ? .german : .english
    }

    private static let germanWords: Set<String> = [
        "ab", "als", "aus", "dank", "gibt", "heisst", "kein", "keine", "komfortbericht", "energiebericht", "lag",
        "schick",
        "schicke", "viel", "vielen", "wer", "wo", "wurde", "zurueck", "dreh", "heize", "temperaturverlauf", "abend",
        "aktuell", "alle", "am", "auf", "bericht", "besetzt", "bis", "bitte", "da", "danke", "das",
        "dem",
        "den", "der", "des", "die", "durchschnitt", "durchschnittlich", "durchschnittliche", "du", "ein", "eine",
        "einen",
        "einer", "energie", "energieverbrauch", "er", "es", "etwas", "feucht", "feuchtigkeit", "fuer", "gerade",
        "geschlossen", "gestern", "grad", "guten", "hallo", "hat", "heizt", "heizung", "heute", "hier", "hilfe", "hoch",
        "ich", "im", "ist", "jemand", "jetzt", "kalt", "kann", "kannst", "koennen", "kuehler", "letzte", "letzten",
        "letzter", "luft", "luftfeuchtigkeit", "luftqualitaet", "mach", "mache", "mein", "meine", "meinem", "meiner",
        "mir", "mittag", "montag", "moin", "morgens", "nacht", "nachts", "nicht", "noch", "raum", "rueckgaengig",
        "seit",
        "servus", "sind", "stell", "stelle", "stickig", "stuendlich", "stunden", "temperatur", "uhr", "um", "und",
        "ventil", "verbrauch", "vom", "von", "vor", "waermer", "wann", "war", "warum", "was", "welche", "wie", "wieso",
        "wieviel", "wird", "woche", "zeig", "zimmer", "zu", "zuletzt", "zum", "zwischen",
    ]

    private static let englishWords: Set<String> = [
        "a", "about", "air", "and", "are", "at", "average", "between", "bit", "can", "closed", "cold", "could",
        "current",
        "degrees", "do", "does", "energy", "evening", "for", "from", "give", "good", "had", "has", "have", "hello",
        "help",
        "hey", "hi", "how", "humidity", "i", "is", "it", "last", "list", "me", "morning", "my", "night", "occupied",
        "of",
        "on", "please", "room", "rooms", "send", "set", "show", "since", "temperature", "thank", "thanks", "that",
        "the",
        "there", "this", "to", "today", "undo", "until", "was", "week", "were", "what", "whats", "when", "who", "why",
        "will", "with", "yesterday", "you",
    ]
}
