/// The days of the week as people write them; 0 is Monday.
enum WeekdayWords {
    static let germanNames = [
        "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "sonnabend",
    ]

    static let numbers: [String: Int] = [
        "monday": 0, "mon": 0, "montag": 0, "montags": 0, "tuesday": 1, "tue": 1, "dienstag": 1, "wednesday": 2,
        "wed": 2, "mittwoch": 2, "thursday": 3, "thu": 3, "donnerstag": 3, "friday": 4, "fri": 4, "freitag": 4,
        "saturday": 5, "samstag": 5, "sonnabend": 5, "sunday": 6, "sonntag": 6,
    ]
}

enum Months {
    static let numbers: [String: Int] = [
        "january": 1, "jan": 1, "januar": 1, "jaenner": 1, "february": 2, "feb": 2, "februar": 2, "march": 3,
        "maerz": 3, "april": 4, "apr": 4, "may": 5, "mai": 5, "june": 6, "jun": 6, "juni": 6, "july": 7, "jul": 7,
        "juli": 7, "august": 8, "aug": 8, "september": 9, "sept": 9, "sep": 9, "october": 10, "oct": 10,
        "oktober": 10, "okt": 10, "november": 11, "nov": 11, "december": 12, "dec": 12, "dezember": 12, "dez": 12,
    ]
}

enum NumberWords {
    static let values: [String: Double] = [
        "a": 1, "an": 1, "one": 1, "ein": 1, "eine": 1, "einen": 1, "einer": 1, "einem": 1, "two": 2, "couple": 2,
        "zwei": 2, "three": 3, "few": 3, "drei": 3, "paar": 3, "four": 4, "vier": 4, "five": 5, "fuenf": 5, "six": 6,
        "sechs": 6, "seven": 7, "sieben": 7, "eight": 8, "acht": 8, "nine": 9, "neun": 9, "ten": 10, "zehn": 10,
        "eleven": 11, "elf": 11, "twelve": 12, "zwoelf": 12, "half": 0.5, "halbe": 0.5, "halben": 0.5,
        "anderthalb": 1.5, "eineinhalb": 1.5,
        "zweieinhalb": 2.5, "dreieinhalb": 3.5,
    ]

    /// The exact numbers of degrees; “a few” and “ein paar” are left out, so that they are asked about.
    static let steps: [String: Double] = [
        "a": 1, "one": 1, "ein": 1, "einen": 1, "eins": 1, "two": 2, "zwei": 2, "three": 3, "drei": 3, "four": 4,
        "vier": 4, "five": 5, "fuenf": 5, "half": 0.5, "halbes": 0.5, "halben": 0.5,
    ]
}

enum SpanUnit {
    case minute
    case hour
    case day
    case week
    case month
    case year

    init?(_ word: String?) {
        switch word {
        case "minute", "minutes", "min", "mins", "minuten": self = .minute
        case "hour", "hours", "h", "hr", "hrs", "stunde", "stunden": self = .hour
        case "day", "days", "tag", "tage", "tagen", "tages": self = .day
        case "week", "weeks", "woche", "wochen": self = .week
        case "month", "months", "monat", "monate", "monaten", "monats": self = .month
        case "year", "years", "jahr", "jahre", "jahren", "jahres": self = .year
        default: return nil
        }
    }

    /// Parts of an hour that are one word, seconds.
    static let fractions: [String: Double] = [
        "viertelstunde": 900, "viertelstunden": 900, "dreiviertelstunde": 2700, "dreiviertelstunden": 2700,
    ]

    /// Months and years count 30 and 365 days when they roll.
    var seconds: Double {
        switch self {
        case .minute: 60
        case .hour: 3600
        case .day: 86_400
        case .week: 7 * 86_400
        case .month: 30 * 86_400
        case .year: 365 * 86_400
        }
    }
}

/// A part of the day; the hours are local, `night` ends on the day after.
enum DayPart {
    case morning
    case forenoon
    case noon
    case afternoon
    case evening
    case night

    init?(_ word: String?) {
        switch word {
        case "morning", "morgens", "frueh", "fruehmorgens": self = .morning
        case "vormittag", "vormittags": self = .forenoon
        case "noon", "midday", "lunchtime", "mittag", "mittags": self = .noon
        case "afternoon", "nachmittag", "nachmittags": self = .afternoon
        case "evening", "abend", "abends": self = .evening
        case "night", "nights", "overnight", "tonight", "nacht", "nachts": self = .night
        default: return nil
        }
    }

    /// The end of `night` is on the day after.
    var hours: (from: Int, to: Int) {
        switch self {
        case .morning: (6, 12)
        case .forenoon: (8, 12)
        case .noon: (11, 14)
        case .afternoon: (12, 18)
        case .evening: (18, 22)
        case .night: (22, 30)
        }
    }
}
