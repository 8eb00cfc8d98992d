/// The words by which the built-in model recognizes intents, folded as by `WordTokens`.
enum IntentWords {
    static let topics: [(topic: QuestionSubject, words: Set<String>)] = [
        (
            .temperature,
            [
                "temperature", "temperatures", "temp", "durchschnittstemperatur", "hoechsttemperatur",
                "tiefsttemperatur", "warm", "warmth", "cold", "hot", "cool", "chilly", "freezing",
                "degrees", "temperatur", "temperaturen", "raumtemperatur", "zimmertemperatur", "kalt", "heiss", "grad",
                "kuehl", "waerme", "kaelte", "celsius",
                // With a statistic: the coldest, am wärmsten.
                "coldest", "warmest", "hottest", "coolest", "kaelteste", "kaeltesten", "waermste", "waermsten",
                "heisseste", "heissesten", "kuehlsten",
            ]
        ),
        (
            .humidity,
            [
                "humidity", "humid", "damp", "moist", "moisture", "dry", "feucht", "feuchte", "feuchtigkeit",
                "luftfeuchte", "luftfeuchtigkeit", "trocken",
            ]
        ),
        (
            .air,
            [
                "co", "carbon", "kohlendioxid", "luftqualitaet", "raumluft", "stuffy", "stickig", "stale",
                "ventilation",
                "ventilated", "air", "luft", "lueften", "sauerstoff", "oxygen", "ppm",
            ]
        ),
        (
            .presence,
            [
                "occupied", "occupancy", "unoccupied", "anyone", "anybody", "someone", "somebody", "presence",
                "present",
                "belegt", "besetzt", "anwesend", "anwesenheit", "jemand", "empty", "leer",
            ]
        ),
        (
            .heating,
            [
                "valve", "heating", "heater", "radiator", "heat", "thermostat", "ventil", "heizung", "heizt",
                "heizkoerper", "heizungsventil", "mode", "modus", "betriebsart", "betriebsmodus", "eco", "boost",
            ]
        ),
        (
            .setpoint,
            ["setpoint", "sollwert", "solltemperatur", "zieltemperatur", "eingestellt", "target"]
        ),
    ]

    /// The stems of longer words that name a topic too: `Temperaturverlauf`.
    static let topicStems: [(topic: QuestionSubject, stem: String)] = [
        (.temperature, "temperatur"), (.humidity, "luftfeucht"), (.air, "luftqual"),
    ]

    static let modes: Set<String> = ["mode", "modus", "betriebsart", "betriebsmodus"]
    static let setpointPhrases = ["set point", "set to"]

    static let undo: Set<String> = ["undo", "revert", "rueckgaengig", "zuruecknehmen"]
    static let undoPhrases = [
        "take that back", "cancel that", "take it back", "change it back", "put it back", "nimm das zurueck",
    ]
    /// The words without further meaning besides an undo.
    static let undone: Set<String> = undo.union(words(of: undoPhrases)).union([
        "last", "latest", "change", "changes", "changed", "what", "was", "previous", "setting", "letzte", "letzten",
        "letztes", "aenderung", "vorherige", "vorherigen", "vorher", "wie", "war", "alles", "nochmal", "einmal",
        "everything", "all", "action", "command",
    ])
    /// The words without further meaning besides a return to the schedule.
    static let scheduled: Set<String> = schedule.union(words(of: schedulePhrases))

    private static func words(of phrases: [String]) -> [String] {
        phrases.flatMap { $0.split(separator: " ").map(String.init) }
    }

    static let schedule: Set<String> = [
        "automatic", "automatik", "automatisch", "schedule", "zeitplan", "reset", "zuruecksetzen", "standard",
    ]
    static let schedulePhrases = ["back to normal", "zurueck auf normal", "wieder normal", "as usual", "wie immer"]
    /// The words after which a bare number is a temperature.
    static let setting: Set<String> = [
        "set", "make", "put", "turn", "change", "adjust", "raise", "lower", "heat", "keep", "cool", "increase",
        "decrease", "hold", "preheat", "warm", "regulate", "switch", "vorheizen", "aufheizen", "einstellen",
        "lass", "lasse", "bring", "schalte", "schalt",
        "reduce", "stell", "stelle", "stellen", "setz", "setze", "setzen", "mach", "mache", "machen", "dreh", "drehe",
        "drehen", "heiz", "heize", "heizen", "regel", "halte", "halten", "erhoehe", "erhoehen", "senke", "senken",
    ]
    /// The phrases after which it is one too, but which alone may say that somebody leaves.
    static let leaving = ["leave it", "leave the", "leave my", "leave that"]
    /// The phrases after which a number may be a time: “turn the heating on at 20”.
    static let switchingOn = ["turn on", "switch on", "heating on", "heater on", "heat on", "radiator on", "it on"]
    /// The phrases for the current state rather than the desired one: “the heating is set to 23”.
    static let statements = ["is set", "is at", "is on", "already set", "ist auf", "steht auf", "ist eingestellt"]
    /// The words after which a number with its unit is a temperature.
    static let wishing: Set<String> = [
        "please", "bitte", "want", "like", "moechte", "haette", "need", "brauche", "get", "give", "have",
    ]
    /// The words with which a bare number is a temperature too, if everything else is understood.
    static let plainWishing: Set<String> = [
        "please", "bitte", "want", "moechte", "moechten", "haette", "haetten", "brauche", "brauchen", "braeuchte",
        "braeuchten", "wuensche", "need",
    ]
    static let plainWishes = [
        "id like", "id love", "id prefer", "would like", "would love", "would prefer", "ich will", "wir wollen",
    ]
    static let would: Set<String> = ["would", "waere", "waeren", "waers", "itd"]
    static let welcome: Set<String> = [
        "nice", "good", "great", "lovely", "perfect", "better", "best", "fine", "pleasant", "schoen", "gut", "super",
        "prima", "toll", "perfekt", "angenehm", "angenehmer", "besser", "lieber", "nett", "recht", "ideal",
    ]
    /// The words between a temperature and the verdict on it: `24 would be much too warm`.
    static let judging: Set<String> = [
        "is", "are", "was", "were", "would", "be", "feels", "seems", "ist", "sind", "war", "waren", "waere", "waeren",
        "mir", "uns", "me", "us", "for", "fuer", "mich", "much", "far", "way", "viel", "deutlich", "a", "bit", "etwas",
        "ein", "bisschen", "it", "es", "here", "hier", "just", "really", "doch", "einfach",
    ]
    static let extremes: Set<String> = [
        "warm", "hot", "cold", "cool", "much", "low", "high", "little", "kalt", "heiss", "kuehl", "viel", "wenig",
        "hoch", "niedrig", "frisch",
    ]

    /// The polite words before the verb: “Could you please…”
    static let polite: Set<String> = [
        "please", "bitte", "pls", "plz", "kindly", "can", "could", "would", "will", "you", "kannst", "koennen",
        "koennten",
        "koenntest", "koennt", "wuerden", "wuerdest", "du", "sie", "ihr", "just", "also", "and", "then", "now", "jetzt",
        "ok",
        "okay", "yes", "ja", "so", "well", "mal", "nun", "und", "dann",
    ]
    /// The words after which a bare number is a time.
    static let beforeClocks: Set<String> = [
        "um", "gegen", "ab", "from", "by", "around", "after", "before", "nach", "vor",
    ]
    static let warmer: Set<String> = ["warmer", "hotter", "waermer", "heisser"]
    static let cooler: Set<String> = ["cooler", "colder", "kuehler", "kaelter"]
    static let up: Set<String> = [
        "up", "increase", "erhoehe", "erhoehen", "hoch", "hoeher", "rauf", "raise", "higher",
    ]
    static let down: Set<String> = [
        "down", "decrease", "reduce", "senke", "senken", "runter", "niedriger", "lower", "tiefer", "herunter",
    ]
    static let warmerPhrases = ["warm up", "heat up", "warm it up", "heat it up", "warm the room", "heat the room"]
    static let coolerPhrases = ["cool down", "cool it down", "cool the room"]
    static let off: Set<String> = [
        "stop", "stopp", "stoppe", "off", "aus", "ausschalten", "abschalten", "ausstellen", "abstellen", "ausmachen",
    ]
    static let negations: Set<String> = [
        "not", "dont", "doesnt", "never", "nicht", "kein", "keine", "keinen", "nie", "niemals", "neither", "cannot",
        "cant", "wont", "shouldnt", "mustnt", "isnt", "without", "ohne", "keinesfalls",
    ]
    static let complaints = [
        "im cold", "i am cold", "im freezing", "im hot", "im warm", "too cold", "too warm", "too hot", "its freezing",
        "its cold", "its hot", "mir ist", "zu kalt", "zu warm", "zu heiss", "ich friere", "ich schwitze",
    ]
    static let much: Set<String> = ["much", "lot", "viel", "deutlich", "way"]
    static let temperatureThings: Set<String> = [
        "temperature", "heating", "heat", "heater", "thermostat", "temperatur", "heizung", "radiator", "heizkoerper",
    ]

    static let energy: Set<String> = [
        "energy", "electricity", "electric", "consumption", "kwh", "csv", "energie", "energieverbrauch", "strom",
        "stromverbrauch", "verbrauch", "energiebericht", "verbrauchsdaten", "energiedaten", "power", "verbraucht",
    ]
    static let roomsAll: Set<String> = ["rooms", "floors", "raeume", "etagen", "stockwerke"]
    static let listing: Set<String> = [
        "list", "which", "what", "show", "all", "liste", "welche", "zeig", "zeige", "alle", "auflisten",
    ]
    static let why: Set<String> = ["why", "reason", "warum", "wieso", "weshalb", "grund"]
    static let comfort: Set<String> = [
        "comfort", "comfortable", "komfort", "komfortabel", "komfortbericht", "behaglich", "behaglichkeit", "angenehm",
        "cosy", "cozy", "gemuetlich",
    ]
    static let overview: Set<String> = [
        "status", "overview", "everything", "ueberblick", "uebersicht", "readings", "values", "messwerte", "werte",
        "zustand",
    ]
    static let overviewPhrases = [
        "how is my room", "how is the room", "hows my room", "how are things", "wie geht es meinem zimmer",
        "wie ist mein zimmer", "wie sieht es in meinem zimmer aus", "wie ist das zimmer", "about my room",
    ]

    static let statistics: [(statistic: Statistic, words: Set<String>)] = [
        (
            .average,
            [
                "average", "mean", "averaged", "typically", "durchschnitt", "durchschnittlich", "durchschnittliche",
                "durchschnittstemperatur", "mittel", "mittelwert", "mittlere", "schnitt",
            ]
        ),
        (
            .minimum,
            [
                "minimum", "min", "lowest", "coldest", "least", "coolest", "minimal", "minimale", "minimaler",
                "niedrigste", "niedrigsten", "niedrigster",
                "kaelteste", "kaeltesten", "tiefste", "tiefsten", "kuehlsten", "mindestens", "tiefstwert", "driest",
            ]
        ),
        (
            .maximum,
            [
                "maximum", "max", "highest", "warmest", "hottest", "peak", "worst", "maximal", "maximale", "maximaler",
                "hoechste", "hoechsten",
                "hoechster",
                "waermste", "waermsten", "heisseste", "heissesten", "spitze", "hoechstwert", "schlechteste",
                "schlechtesten",
            ]
        ),
        (.lastSeen, ["zuletzt"]),
    ]
    /// The phrases that ask for the minimum, as in “How cold did it get?”
    static let minimumPhrases = ["how cold did", "wie kalt wurde", "wie kalt ist es geworden", "below", "unter"]
    static let maximumPhrases = [
        "how warm did", "how hot did", "wie warm wurde", "wie heiss wurde", "wie warm ist es geworden", "above",
        "ueber",
    ]
    static let lastSeenPhrases = [
        "last seen", "last reading", "last value", "last measured", "last measurement", "latest value", "letzter wert",
        "letzte messung", "letzten wert", "letzter messwert", "last occupied", "last known",
    ]

    static let past: Set<String> = [
        "was", "were", "did", "had", "been", "war", "waren", "gewesen", "hatte", "hatten", "gab", "wurde",
    ]
    static let germanPast: Set<String> = ["war", "waren", "gewesen", "hatte", "hatten", "gab", "wurde"]
    static let present: Set<String> = ["is", "its", "are", "ist", "sind", "hat", "has"]
    static let now: Set<String> = [
        "now", "currently", "current", "moment", "jetzt", "gerade", "aktuell", "aktuelle", "derzeit", "momentan",
        "present", "right",
    ]
    static let questions: Set<String> = [
        "how", "what", "whats", "was", "were", "is", "are", "why", "when", "which", "did", "does", "has", "wie",
        "warum",
        "wieso", "weshalb", "war", "waren", "ist", "sind", "wann", "welche", "welcher", "hat", "hatte", "wird", "will",
        "gab",
    ]

    /// The greetings that do not name a time of day that is asked about.
    static let timelyGreetings = [
        "good morning", "good afternoon", "good evening", "good night", "guten morgen", "guten tag", "guten abend",
        "gute nacht", "guten mittag",
    ]
    /// The words that make a message a question and not a request, wherever they occur: “I'd like to know how…”
    static let asking: Set<String> = [
        "how", "what", "why", "which", "know", "tell", "show", "whether", "wie", "was", "warum", "wieso",
        "weshalb", "welche", "wissen", "sag", "sagen", "zeig", "zeigen", "ob",
    ]
    static let greetings: Set<String> = [
        "hello", "hi", "hey", "hallo", "moin", "servus", "guten", "good", "gruess", "gruezi", "greetings",
    ]
    static let thanks: Set<String> = ["thanks", "thank", "thx", "danke", "dankeschoen", "dank", "cheers"]
    static let help: Set<String> = ["help", "hilfe", "examples", "beispiele", "hilf", "anleitung"]
    static let helpPhrases = [
        "what can you", "what can i", "how does this work", "was kannst du", "was koennen sie", "was kann ich",
        "who are you", "what are you",
        "wer bist du", "wer sind sie",
    ]
    static let otherRooms: Set<String> = [
        "neighbour", "neighbor", "neighbours", "neighbors", "neighbouring", "neighboring", "nachbar", "nachbarn",
        "nachbarzimmer", "nebenan", "nebenzimmer", "nextdoor", "everyone", "everybody", "rooms", "guests", "gaeste",
        "gaesten",
    ]
    static let otherRoomPhrases = [
        "next door", "other room", "another room", "next room", "other guest", "another guest", "anderes zimmer",
        "anderen zimmer", "andere zimmer", "alle zimmer", "allen zimmern", "jedes zimmer",
    ]
}
