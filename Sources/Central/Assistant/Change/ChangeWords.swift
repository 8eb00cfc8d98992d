/// The meanings of words in a change, folded as by `WordTokens`.
enum ChangeWords {
    /// Returns the meaning of a word besides the change; `nil` if it has none, or none that is known.
    static func kind(of word: String) -> UnclearPart.Kind? {
        if TimeReader.untilWords.contains(word) || vagueEnds.contains(word) { return .end }
        if isTime(word) { return .time }
        if conditions.contains(word) { return .condition }
        if places.contains(word) || IntentWords.otherRooms.contains(word) { return .place }
        if persons.contains(word) { return .person }
        if limits.contains(word) || IntentWords.negations.contains(word) { return .limit }
        return nil
    }

    private static func isTime(_ word: String) -> Bool {
        if times.contains(word) || DayPart(word) != nil { return true }
        // Short words have other meanings too: “may”, and “mon” in French.
        if word.count > 3, WeekdayWords.numbers[word] != nil || SpanUnit(word) != nil || Months.numbers[word] != nil {
            return true
        }
        // Stems cover “mondays”, “montags”, “Wochenendes”.
        return timeStems.contains { word.hasPrefix($0) }
    }

    static let degreeUnits: Set<String> = [
        "grad", "degrees", "degree", "deg", "c", "celsius", "f", "fahrenheit", "kelvin", "k", "percent", "prozent",
    ]

    /// The words that make a following number a time.
    static let beforeTimes: Set<String> = ["at", "by", "around", "from", "um", "gegen", "ab", "until", "till", "bis"]

    /// The words for ends at an unknown time.
    private static let vagueEnds: Set<String> = [
        "awhile", "briefly", "temporarily", "untill", "unitl", "kurz", "kurzzeitig", "kurzfristig", "voruebergehend",
        "weile", "weilchen", "einstweilen", "zeitweise",
    ]

    /// Times, ends and conditions made of words that have no meaning alone: “in a bit”, “for now”.
    static let vaguePhrases: [(phrase: String, kind: UnclearPart.Kind)] =
        phrases(
            before: ["in", "in just"],
            [
                "a bit", "a little", "a little bit", "a tad", "a touch", "a moment", "a sec", "the meantime",
                "due course", "einem moment", "einem augenblick", "kuerze",
            ], .time)
        + phrases(
            before: ["for", "for just", "just for", "fuer"],
            [
                "a bit", "a little", "a little bit", "a tad", "a touch", "a moment", "a sec", "a while", "now",
                "the moment", "the meantime", "some", "long", "a short", "ein bisschen", "etwas", "einen moment",
                "den moment", "einen augenblick", "jetzt", "kurz",
            ], .end)
        + [("fuers erste", .end), ("as long as", .condition), ("so long as", .condition), ("so lange", .condition)]

    private static func phrases(
        before: [String], _ words: [String], _ kind: UnclearPart.Kind
    ) -> [(phrase: String, kind: UnclearPart.Kind)] {
        before.flatMap { before in words.map { ("\(before) \($0)", kind) } }
    }

    private static let times: Set<String> = [
        "day", "moment", "augenblick", "meanwhile", "meantime", "throughout", "inzwischen", "derweil", "unterdessen",
        "zwischendurch", "tagsueber", "tag", "today", "tomorrow", "yesterday", "tonight", "tonite", "nite", "midnight",
        "dawn", "dusk",
        "sunrise", "sunset",
        "breakfast", "lunch", "dinner", "supper", "brunch", "bedtime", "siesta", "easter", "christmas", "holiday",
        "holidays", "later", "soon", "sooner", "afterwards", "afterward", "beforehand", "earlier", "anytime",
        "sometime", "eventually", "daily", "weekly", "nightly", "hourly", "monthly", "every", "each", "during",
        "oclock", "pm", "from", "since", "after", "before", "starting", "beginning", "next", "time", "times",
        "timer", "shortly", "second", "seconds", "ago", "past", "quarter", "arrival", "arrive", "arriving",
        "wake", "bed", "sleep", "departure", "checkout", "checkin", "schedule", "scheduled", "preheat", "ahead",
        "advance",
        "heute", "morgen", "gestern", "uebermorgen", "vorgestern", "mitternacht", "daemmerung", "sonnenaufgang",
        "sonnenuntergang", "fruehstueck", "mittagessen", "abendessen", "ostern", "weihnachten", "silvester", "ferien",
        "feiertag", "feiertags", "feiertagen", "spaeter", "bald", "nachher", "danach", "anschliessend", "gleich",
        "frueher", "demnaechst", "irgendwann", "taeglich", "woechentlich", "stuendlich", "jeden", "jede", "jedes",
        "jeder", "jedem", "waehrend", "uhr", "ab", "seit", "nach", "vor", "beginnend", "naechste", "naechsten",
        "naechster", "naechstes", "naechstem", "kommende", "kommenden", "kommender", "viertel", "halb", "zeit",
        "sekunde", "sekunden", "ankunft", "ankomme", "abreise", "aufstehen", "aufwache", "schlafen", "schlafenszeit",
        "feierabend", "vorheizen",
    ]
    private static let timeStems = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "montag", "dienstag", "mittwoch",
        "donnerstag", "freitag", "samstag", "sonnabend", "sonntag", "weekend", "weekday", "wochenend", "wochentag",
        "werktag", "morning", "evening", "afternoon", "midday", "night", "vormittag", "nachmittag", "mittag", "abend",
        "nacht", "fruehmorgen", "jahreszeit", "winter", "summer", "sommer",
    ]

    private static let conditions: Set<String> = [
        "if", "when", "whenever", "once", "upon", "whilst", "unless", "while", "provided", "depending", "otherwise",
        "case",
        "wenn", "falls", "sobald", "solange", "sofern", "sonst", "ehe", "bevor", "nachdem", "wann", "immer", "always",
    ]

    private static let places: Set<String> = [
        "bathroom", "bathrooms", "bath", "toilet", "wc", "shower", "kitchen", "hallway", "hall", "corridor", "lobby",
        "reception", "upstairs", "downstairs", "living", "bedroom", "bedrooms", "nursery", "study", "office", "balcony",
        "terrace", "garage", "basement", "cellar", "attic", "floor", "floors", "building", "house", "home", "hotel",
        "restaurant", "bar", "gym", "spa", "sauna", "pool", "outside", "outdoors", "everywhere", "elsewhere", "other",
        "others", "another", "door", "opposite", "beside", "theirs",
        "bad", "badezimmer", "dusche", "toilette", "kueche", "flur", "diele", "foyer", "rezeption", "oben", "unten",
        "drueben", "schlafzimmer", "wohnzimmer", "kinderzimmer", "arbeitszimmer", "gaestezimmer", "buero", "balkon",
        "terrasse", "keller", "dachboden", "etage", "stockwerk", "gebaeude", "haus", "zuhause", "draussen",
        "ueberall", "woanders", "andere", "anderen", "anderer", "anderes", "anderem", "gegenueber", "neben",
    ]

    private static let persons: Set<String> = [
        "wife", "wifes", "husband", "husbands", "partner", "partners", "girlfriend", "girlfriends", "boyfriend",
        "boyfriends", "friend", "friends", "son", "sons", "daughter", "daughters", "kid", "kids", "child", "childs",
        "children", "childrens", "mother", "mothers", "father", "fathers", "mum", "mums", "mom", "moms", "dad", "dads",
        "parents", "brother", "brothers", "sister", "sisters", "colleague", "colleagues", "guest", "guests", "boss",
        "grandma", "grandpa", "his", "her", "hers", "their",
        "frau", "mann", "mannes", "freund", "freundes", "freundin", "sohn", "sohnes", "tochter", "kind", "kindes",
        "kinder", "kindern", "eltern", "mutter", "vater", "vaters", "bruder", "bruders", "schwester", "kollege",
        "kollegen", "kollegin", "gast", "gastes", "gaeste", "oma", "opa", "chef", "seine", "seinem", "seinen",
    ]

    private static let limits: Set<String> = [
        "without", "nor", "neither", "cannot", "cant", "wont", "shouldnt", "mustnt", "avoid", "except", "above",
        "below", "under", "over", "between", "most", "least", "max", "maximum", "min", "minimum", "than",
        "keinen", "keinem", "keiner", "niemals", "keinesfalls", "weder", "ohne", "ausser", "ueber", "unter",
        "zwischen", "hoechstens", "mindestens", "maximal", "minimal", "stopp", "stop", "weniger",
    ]

    /// The phrases that mean nothing else, whatever their words mean alone.
    static let harmlessPhrases = [
        "right now", "right away", "straight away", "at once", "as soon as possible", "from now on", "starting now",
        "ab jetzt", "ab sofort", "von jetzt an", "jetzt gleich", "at the moment", "at this moment", "im moment",
        "so schnell wie moeglich", "so bald wie moeglich", "nach oben", "nach unten", "thanks in advance",
        "thank you in advance", "vielen dank im voraus", "danke im voraus", "ok then", "okay then", "well then",
        "one more time", "this time", "in here", "as well", "if you can", "if possible", "if you could",
        "wenn moeglich", "wenn es geht", "wenns geht", "if you would", "more than enough", "so kind", "am besten",
        "it was before", "as before", "in diesem moment",
        "like before", "as it was before",
    ]

    /// The words that connect to what follows or precedes.
    static let joining: Set<String> = [
        "on", "at", "in", "to", "by", "of", "for", "the", "a", "an", "my", "our", "this", "that", "i", "im", "we", "is",
        "it", "and", "around", "about", "am", "um", "im", "bei", "fuer", "der", "die", "das", "den", "dem", "ein",
        "eine", "einer", "einem", "einen", "mein", "meine", "meinem", "meiner", "ich", "wir", "es", "zu", "zum", "zur",
        "bin", "ist", "gegen", "von", "up", "back",
    ]
}

/// The vocabulary of changes, for tests.
package enum ChangeVocabulary {
    /// The words that both let a change pass and hold it up; there should be none.
    package static var contradictions: [String] {
        ChangeWords.harmless.filter { ChangeWords.kind(of: $0) != nil }.sorted()
    }
}
