// What the page says, in the browser's language where that is German, else in English.

const WORDS = {
  en: {
    skip: "To the chat", now: "Now", chart: "Temperature, last 24 hours", ask: "Ask about your room",
    message: "Your message", send: "Send", stop: "Stop", live: "live", waiting: "connecting…",
    temperature: "Temperature", setpoint: "Set to", humidity: "Humidity", co2: "CO₂", presence: "Presence",
    valve: "Radiator valve", occupied: "occupied", unoccupied: "empty", at: "at", estimated: "estimated",
    degraded: "uncertain", failed: "not to be trusted", noLink: "This page needs the link from your room. Please scan the code again.",
    ended: "Your link is no longer valid. Please ask the reception for a new one.",
    noData: "Nothing has been measured yet.", noChart: "No temperatures in the last 24 hours.",
    failedAnswer: "That did not work. Please try again.", busy: "Please wait a moment and try again.",
    download: "Download", chartText: (low, high, last) => `Between ${low} and ${high} °C, last ${last} °C.`,
    steps: {},
    suggestions: ["How warm is my room?", "How was the air last night?", "Was it comfortable yesterday?",
      "Send me the hotel's energy of the last 24 hours as a file"],
  },
  de: {
    skip: "Zum Gespräch", now: "Jetzt", chart: "Temperatur der letzten 24 Stunden", ask: "Fragen zu Ihrem Zimmer",
    message: "Ihre Nachricht", send: "Senden", stop: "Anhalten", live: "live", waiting: "verbinde …",
    temperature: "Temperatur", setpoint: "Eingestellt", humidity: "Feuchte", co2: "CO₂", presence: "Anwesenheit",
    valve: "Heizungsventil", occupied: "belegt", unoccupied: "leer", at: "um", estimated: "geschätzt",
    degraded: "unsicher", failed: "unbrauchbar", noLink: "Diese Seite braucht den Link aus Ihrem Zimmer. Bitte scannen Sie den Code noch einmal.",
    ended: "Ihr Link gilt nicht mehr. Bitte fragen Sie die Rezeption nach einem neuen.",
    noData: "Es wurde noch nichts gemessen.", noChart: "Keine Temperaturen in den letzten 24 Stunden.",
    failedAnswer: "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.",
    busy: "Bitte warten Sie einen Augenblick und versuchen Sie es noch einmal.",
    download: "Herunterladen", chartText: (low, high, last) => `Zwischen ${low} und ${high} °C, zuletzt ${last} °C.`,
    steps: {
      latest_readings: "Zimmer jetzt", reading_history: "Verlauf", comfort_report: "Behaglichkeit",
      energy_summary: "Energie", list_rooms: "Zimmer",
    },
    suggestions: ["Wie warm ist mein Zimmer?", "Wie war die Luft letzte Nacht?", "War es gestern behaglich?",
      "Schick mir die Energie des Hotels der letzten 24 Stunden als Datei"],
  },
};

export const language = (navigator.language ?? "en").toLowerCase().startsWith("de") ? "de" : "en";
export const words = WORDS[language];

/** A number with at most so many digits after the point, as the language writes it. */
export function number(value, digits = 1) {
  return value.toLocaleString(language, { maximumFractionDigits: digits });
}

/** Puts the words into the page itself. */
export function translatePage() {
  document.documentElement.lang = language;
  for (const part of document.querySelectorAll("[data-word]")) part.textContent = words[part.dataset.word];
}
