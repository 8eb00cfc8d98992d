// The texts of a home's page, in German if that is the browser's language, otherwise in English.

const WORDS = {
  en: {
    skip: "Skip to storage", building: "Building", token: "Token", show: "Show", hide: "Hide", forget: "Forget", open: "Open", other: "Change token",
    tokenNote: "Kept in this tab until it is closed.", refused: "This token is not valid here.",
    failed: "That did not work. Trying again.", live: "live", waiting: "connecting…",
    lost: (time) => `no connection since ${time}`, sending: "Sending …",
    unconfirmed: "Not confirmed: there was no response. Please try again.",
    now: "Now", storage: "Storage", today: "Today", appliances: "Appliances",
    solar: "Solar", house: "House", battery: "Battery", car: "Car", grid: "Grid",
    solarNote: "produced", houseNote: "used by appliances", charging: "charging", discharging: "discharging", idle: "idle",
    imported: "from the grid", exported: "to the grid", balanced: "balanced",
    charge: "Charge", discharge: "Discharge", hold: "Hold", mode: "Mode", power: "Power",
    asMuch: "maximum", at: "at", unknown: "no data yet", done: "Requested.",
    noDevices: "No devices are registered in this building.", register: "Register some in GraphQL.",
    noStorage: "There are no batteries or cars.", noAppliances: "There are no appliances.",
    noBuilding: "This token gives access to no building.", tooMany: "There are too many devices to draw the day.",
    level: (percent, held, capacity) => `${percent} %, ${held} of ${capacity} kWh`,
    flowText: (parts) => `Power now: ${parts.join(", ")}.`,
    curveText: (produced, used, net) => `Today: ${produced} kWh from the sun, ${used} kWh used by appliances, `
      + `${net} kWh ${net.startsWith("-") || net.startsWith("−") ? "taken from the grid" : "delivered to the grid"} on balance.`,
  },
  de: {
    skip: "Zu den Speichern", building: "Gebäude", token: "Zugang", show: "Zeigen", hide: "Verbergen",
    forget: "Vergessen", open: "Öffnen", other: "Anderer Zugang", tokenNote: "Bleibt in diesem Tab, bis er geschlossen wird.",
    refused: "Dieser Zugang gilt hier nicht.", failed: "Das hat nicht geklappt. Es wird noch einmal versucht.",
    live: "live", waiting: "verbinde …", lost: (time) => `keine Verbindung seit ${time}`, sending: "Wird gesendet …",
    unconfirmed: "Nicht bestätigt: Es kam keine Antwort. Bitte versuchen Sie es noch einmal.",
    now: "Jetzt", storage: "Speicher", today: "Heute", appliances: "Geräte",
    solar: "Sonne", house: "Haus", battery: "Batterie", car: "Auto", grid: "Netz",
    solarNote: "erzeugt", houseNote: "von Geräten verbraucht", charging: "lädt", discharging: "gibt ab", idle: "ruht",
    imported: "aus dem Netz", exported: "ins Netz", balanced: "nichts fließt",
    charge: "Laden", discharge: "Abgeben", hold: "Ruhen", mode: "Betrieb", power: "Leistung",
    asMuch: "höchste", at: "um", unknown: "noch nichts gehört", done: "Ist angefordert.",
    noDevices: "In diesem Gebäude sind keine Geräte angemeldet.", register: "In GraphQL anmelden.",
    noStorage: "Es gibt keine Batterie und kein Auto.", noAppliances: "Es gibt keine Geräte.",
    noBuilding: "Dieser Zugang sieht kein Gebäude.", tooMany: "Für die Tageskurve sind es zu viele Geräte.",
    level: (percent, held, capacity) => `${percent} %, ${held} von ${capacity} kWh`,
    flowText: (parts) => `Leistung jetzt: ${parts.join(", ")}.`,
    curveText: (produced, used, net) => `Heute: ${produced} kWh von der Sonne, ${used} kWh von Geräten verbraucht, `
      + `unterm Strich ${net} kWh ${net.startsWith("-") || net.startsWith("−") ? "aus dem Netz" : "ins Netz"}.`,
  },
};

export const language = (navigator.language ?? "en").toLowerCase().startsWith("de") ? "de" : "en";
export const words = WORDS[language];

export function number(value, digits = 1) {
  return value.toLocaleString(language, { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

/** A power without its direction: 850 W, 2.4 kW. */
export function power(watts) {
  const size = Math.abs(watts);
  return size < 1000 ? `${number(size, 0)} W` : `${number(size / 1000, size < 10_000 ? 2 : 1)} kW`;
}

/** Inserts the texts into the page. */
export function translatePage() {
  document.documentElement.lang = language;
  for (const part of document.querySelectorAll("[data-word]")) part.textContent = words[part.dataset.word];
}
