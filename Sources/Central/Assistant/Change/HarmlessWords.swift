/// The words that leave a change as it is: those of changing and heating, politeness, feelings, and function words.
/// Prepositions are among them, because what follows them matters: “in my room” is harmless, “in the bathroom” is not.
extension ChangeWords {
    static let harmless: Set<String> =
        english.union(german).union(IntentWords.setting).union(IntentWords.wishing).union(IntentWords.warmer)
        .union(IntentWords.cooler).union(IntentWords.up).union(IntentWords.down).union(IntentWords.much)
        .union(IntentWords.temperatureThings).union(IntentWords.schedule).union(IntentWords.now)
        .union(IntentWords.greetings).union(IntentWords.thanks).union(degreeUnits)
        .subtracting(["schedule", "preheat", "vorheizen", "percent", "prozent", "moment"])

    private static let english: Set<String> = [
        "i", "im", "id", "ill", "ive", "me", "my", "mine", "myself", "we", "us", "our", "were", "you", "your", "youre",
        "it", "its", "that", "thats", "this", "these", "the", "a", "an", "is", "are", "am", "be", "being", "seems",
        "can", "could", "would", "will", "shall", "should", "may", "might", "must", "do", "lets", "let",
        "pls", "plz", "plse", "kindly", "just", "only", "simply", "maybe", "perhaps", "possibly", "possible",
        "actually", "really", "quite", "very", "so", "too", "more", "less", "bit", "little", "slightly", "somewhat",
        "tad", "touch", "notch", "to", "of", "in", "on", "at", "for", "with", "and", "or", "but", "because", "cause",
        "cos", "coz", "by", "up", "here", "room", "suite", "apartment", "flat",
        "think", "feel", "feels", "feeling", "find", "guess", "believe", "hope", "wanna", "gonna", "got", "love",
        "prefer", "preferred", "preferably", "rather", "better", "best", "nice", "nicer", "nicely", "good", "great",
        "perfect", "fine", "ok", "okay", "alright", "yes", "yeah", "yep", "yup", "sure", "dear", "hearth", "cosy",
        "cozy", "cosier", "comfy", "comfortable", "comfortably", "pleasant", "warmly", "enough",
        "cold", "freezing", "chilly", "hot", "warm", "boiling", "sweating", "shivering", "sweaty", "cool",
        "temp", "temps", "setpoint", "level", "setting", "settings", "value", "target", "air",
        "go", "going", "getting", "bring", "leave", "stay", "hold", "has", "try", "again", "back",
        "immediately", "instantly", "asap", "already", "exactly", "precisely", "about", "around", "roughly",
        "approximately", "approx", "circa", "ca", "switch", "crank", "bump", "knock", "drop", "dial", "push",
        "warming", "heated", "increase", "also", "ya", "mate", "sir", "madam", "friendly", "concierge",
        "some", "something", "like", "new", "normal", "usual", "default", "regular", "automatically", "auto",
        "itd", "lovely", "use", "ac", "favour", "favor", "mind", "help",
    ]

    private static let german: Set<String> = [
        "ich", "mir", "mich", "mein", "meine", "meinem", "meinen", "meiner", "meins", "wir", "uns", "unser", "unsere",
        "unserem", "unseren", "unserer", "du", "dir", "dich", "dein", "deine", "sie", "ihnen", "ihr", "es", "das",
        "dies", "dieses", "diese", "diesem", "der", "die", "den", "dem", "des", "ein", "eine", "einen", "einem",
        "einer",
        "ist", "sind", "bin", "waere", "waers", "waeren", "braeuchte", "braeuchten", "bekommen", "kriegen", "wird",
        "werden", "kann", "kannst", "koennen", "koennte", "koenntest",
        "koennten", "koennt", "moechten", "haetten", "haettest", "will", "wollen", "wuerde", "wuerden", "wuerdest",
        "sollte", "sollten", "sollen", "soll", "darf", "duerfte", "muss", "mag", "mal", "doch", "einfach",
        "vielleicht", "eventuell", "gern", "gerne", "lieber", "eher", "etwas", "bisschen", "bissl", "bisserl", "wenig",
        "sehr", "ganz", "recht", "so", "zu", "zum", "zur", "auf", "in", "im", "ins", "an", "am", "bei", "fuer", "mit",
        "um", "und", "oder", "aber", "weil", "denn", "dass", "hier", "zimmer", "raum", "raums", "zimmers", "apartment",
        "raumtemperatur", "zimmertemperatur", "solltemperatur", "zieltemperatur", "sollwert", "grade", "kalt", "warm",
        "heiss", "kuehl", "frisch", "nur", "noch", "schon", "sofort", "umgehend", "bereits", "wieder", "zurueck",
        "einstellen", "eingestellt", "aufdrehen", "hochdrehen", "runterdrehen", "herunterdrehen", "hochstellen",
        "runterstellen", "einschalten", "anmachen", "anstellen", "schalte", "schalten", "aufheizen", "beheizen",
        "regeln", "regle", "regele", "erwaermen", "erwaerme", "bringen", "bring", "bringe", "lass", "lasse", "lassen",
        "ja", "ok", "okay", "super", "prima", "schoen", "toll", "perfekt", "angenehm", "angenehmer", "gemuetlich",
        "gemuetlicher", "wohlig", "behaglich", "friere", "frieren", "schwitze", "schwitzen", "finde", "glaube",
        "denke", "wohl", "fuehle", "fuehlt", "sei", "seien", "lieb", "nett", "freundlich", "freundlicherweise",
        "genau", "ungefaehr", "etwa", "circa", "ca", "rund", "stufe", "wert", "warme", "hab", "habe", "haben",
        "brauchen",
        "wuensche", "wuenschen", "wuensch", "gruesse", "liebe", "mehr", "bitteschoen", "halt", "eben", "nun",
        "normalen", "normale", "automatische", "ueblich", "machs", "stells", "ruhig", "komm", "kommt", "geh",
        "geht", "lieben", "herzlichen", "moeglich", "hallo", "gebe", "gib", "nehmen", "nimm",
    ]
}
