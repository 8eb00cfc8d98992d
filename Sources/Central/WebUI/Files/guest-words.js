// The texts of the page, in German if that is the browser's language, otherwise in English.

const WORDS = {
  en: {
    skip: "Skip to the chat", now: "Now", chart: "Temperature, last 24 hours", ask: "Ask about your room",
    message: "Your message", send: "Send", stop: "Stop", live: "live", waiting: "connecting…", lost: (time) => `no connection since ${time}`,
    temperature: "Temperature", setpoint: "Set to", humidity: "Humidity", co2: "CO₂", presence: "Presence",
    valve: "Radiator valve", occupied: "occupied", unoccupied: "empty", at: "at", estimated: "estimated",
    degraded: "uncertain", failed: "unreliable", noLink: "This page needs the link from your room. Please scan the code again.",
    ended: "Your link is no longer valid. Please ask at reception for a new one.",
    noData: "Nothing has been measured yet.", noDataSince: (time) => `Nothing has been measured yet since ${time}.`,
    noChart: "No temperatures in the last 24 hours.",
    failedAnswer: "That did not work. Please try again.", busy: "Please wait a moment and try again.",
    download: "Download", chartText: (low, high, last) => `Between ${low} and ${high} °C, most recently ${last} °C.`,
    wish: "Your temperature", until: "Until", set: "Set", undo: "Undo", back: "Back to the schedule",
    cooler: "Cooler", warmer: "Warmer", desired: "You requested", reported: "The heating reports",
    ends: { "": "the end of my stay", "2h": "in 2 hours" }, untilTime: (time) => `until ${time}`,
    nothingDesired: "as scheduled", asking: "Sent. Waiting for the heating …",
    unreachable: "The heating can't be reached at the moment. It will follow as soon as it can.",
    held: "The heating has accepted it.", again: "Try again", sending: "Sending …",
    unset: "Not set yet. Press “Set”.",
    unconfirmed: "Not confirmed: there was no response. Please try again.",
    refused: "That was not set. Please try again.",
    unheard: "Sent. Without a connection, this page can't show the heating's reply.",
    brokenOff: "The connection was lost. Your request may not have been carried out.",
    steps: {},
    suggestions: ["How warm is my room?", "How was the air last night?", "Was it comfortable yesterday?",
      "A bit warmer, please", "Send me the hotel's energy of the last 24 hours as a file"],
  },
  de: {
    skip: "Zum Gespräch", now: "Jetzt", chart: "Temperatur der letzten 24 Stunden", ask: "Fragen zu Ihrem Zimmer",
    message: "Ihre Nachricht", send: "Senden", stop: "Anhalten", live: "live", waiting: "verbinde …",
    lost: (time) => `keine Verbindung seit ${time}`,
    temperature: "Temperatur", setpoint: "Eingestellt", humidity: "Feuchte", co2: "CO₂", presence: "Anwesenheit",
    valve: "Heizungsventil", occupied: "belegt", unoccupied: "leer", at: "um", estimated: "geschätzt",
    degraded: "unsicher", failed: "unbrauchbar", noLink: "Diese Seite braucht den Link aus Ihrem Zimmer. Bitte scannen Sie den Code noch einmal.",
    ended: "Ihr Link gilt nicht mehr. Bitte fragen Sie die Rezeption nach einem neuen.",
    noData: "Es wurde noch nichts gemessen.", noDataSince: (time) => `Seit ${time} wurde noch nichts gemessen.`,
    noChart: "Keine Temperaturen in den letzten 24 Stunden.",
    failedAnswer: "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.",
    busy: "Bitte warten Sie einen Augenblick und versuchen Sie es noch einmal.",
    download: "Herunterladen", chartText: (low, high, last) => `Zwischen ${low} und ${high} °C, zuletzt ${last} °C.`,
    wish: "Ihre Temperatur", until: "Bis", set: "Einstellen", undo: "Rückgängig", back: "Zurück zum Zeitplan",
    cooler: "Kühler", warmer: "Wärmer", desired: "Ihr Wunsch", reported: "Die Heizung meldet",
    ends: { "": "zum Ende meines Aufenthalts", "2h": "in 2 Stunden" }, untilTime: (time) => `bis ${time}`,
    nothingDesired: "wie im Zeitplan", asking: "Gesendet. Die Heizung wird gefragt …",
    unreachable: "Die Heizung ist gerade nicht erreichbar. Sie folgt, sobald sie kann.",
    held: "Die Heizung hat es übernommen.", again: "Noch einmal versuchen", sending: "Wird gesendet …",
    unset: "Noch nicht eingestellt. Drücken Sie „Einstellen“.",
    unconfirmed: "Nicht bestätigt: Es kam keine Antwort. Bitte versuchen Sie es noch einmal.",
    refused: "Das wurde nicht eingestellt. Bitte versuchen Sie es noch einmal.",
    unheard: "Gesendet. Ohne Verbindung erfährt diese Seite nicht, was die Heizung dazu sagt.",
    brokenOff: "Die Verbindung brach ab. Was Sie wollten, ist vielleicht nicht geschehen.",
    steps: {
      set_temperature: "Temperatur", latest_readings: "Zimmer jetzt", reading_history: "Verlauf", comfort_report: "Behaglichkeit",
      energy_summary: "Energie", list_rooms: "Zimmer",
    },
    suggestions: ["Wie warm ist mein Zimmer?", "Wie war die Luft letzte Nacht?", "War es gestern behaglich?",
      "Bitte etwas wärmer",
      "Schick mir die Energie des Hotels der letzten 24 Stunden als Datei"],
  },
};

export const language = (navigator.language ?? "en").toLowerCase().startsWith("de") ? "de" : "en";
export const words = WORDS[language];

/** A number with at most `digits` decimals, in the format of the language. */
export function number(value, digits = 1) {
  return value.toLocaleString(language, { maximumFractionDigits: digits });
}

/** The heating's reason as a sentence, in the page's language where the service has words in it. */
export function reason(reported) {
  const told = reported.reason_words?.[language] ?? reported.reason ?? "";
  return told ? `${told[0].toUpperCase()}${told.slice(1)}.` : "";
}

/** Inserts the texts into the page. */
export function translatePage() {
  document.documentElement.lang = language;
  for (const part of document.querySelectorAll("[data-word]")) part.textContent = words[part.dataset.word];
}
