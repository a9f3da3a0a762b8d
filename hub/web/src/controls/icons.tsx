// Line icons, drawn for this page on a grid of 24.

const PATHS: Record<string, string> = {
  light: "M9 18h6M10 21h4M12 3a6 6 0 0 0-3.6 10.8c.6.5 1 1.2 1 2V16h5.2v-.2c0-.8.4-1.5 1-2A6 6 0 0 0 12 3z",
  switch: "M9 3v5M15 3v5M6 8h12v4a6 6 0 0 1-12 0zM12 18v3",
  cover: "M4 4h16M6 4v14h12V4M6 8h12M6 12h12M12 18v2",
  garage: "M3 11 12 4l9 7v9H3zM7 20v-7h10v7M7 16h10",
  climate: "M10 14.5V5a2 2 0 1 1 4 0v9.500a4 4 0 1 1-4 0zM12 9v8",
  fan: "M12 12m-1.500 0a1.500 1.500 0 1 0 3 0a1.500 1.500 0 1 0-3 0M12 10.500C10 7 11 3 14 3s3 4-1 7M13.300 12.800c4-.1 7 2.700 5.500 5.200s-5-.2-5.800-4M10.700 12.900c-1.800 3.600-5.800 4.700-7.200 2.200s2.600-4.700 6.900-4.200",
  lock: "M6 11h12v9H6zM8.500 11V7.500a3.500 3.500 0 0 1 7 0V11M12 15v2",
  unlocked: "M6 11h12v9H6zM8.500 11V7.500a3.500 3.500 0 0 1 6.800-1.200M12 15v2",
  alarm_control_panel: "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM9 12l2 2 4-4",
  media_player: "M4 10v4h4l5 4V6L8 10zM16.500 9a4 4 0 0 1 0 6M18.800 6.500a8 8 0 0 1 0 11",
  tv: "M3 5h18v11H3zM8 20h8",
  vacuum:
    "M12 12m-8.500 0a8.500 8.500 0 1 0 17 0a8.500 8.500 0 1 0-17 0M6 6.500a8.500 8.500 0 0 0 12 0M12 14m-1.800 0a1.800 1.800 0 1 0 3.600 0a1.800 1.800 0 1 0-3.600 0",
  lawn_mower:
    "M4 16V9h7l3 3h5l1 4M7 18m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M17 18m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M9 18h6",
  valve: "M12 3c3.500 4.500 6 7.500 6 11a6 6 0 0 1-12 0c0-3.500 2.500-6.500 6-11zM9 14.500a3 3 0 0 0 3 3",
  scene:
    "M12 3l1.800 5.200L19 10l-5.200 1.800L12 17l-1.800-5.200L5 10l5.200-1.800zM18.500 16l.7 1.800 1.800.7-1.800.7-.7 1.800-.7-1.800-1.800-.7 1.800-.7z",
  todo: "M4 6l1.500 1.500L8 5M4 12l1.500 1.500L8 11M4 18l1.500 1.500L8 17M11 6.500h9M11 12.500h9M11 18.500h9",
  person: "M12 8m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0M4.500 20.500c.8-4 3.800-6 7.500-6s6.700 2 7.500 6",
  weather: "M7 18a4 4 0 0 1-.3-8A5.500 5.500 0 0 1 17 9.300 4.400 4.400 0 0 1 17 18z",
  sensor:
    "M4.500 17a9 9 0 1 1 15 0M12 14l3.500-4M12 14m-1.200 0a1.200 1.200 0 1 0 2.400 0a1.200 1.200 0 1 0-2.400 0",
  door: "M6 21V4h9l3 1.500V21M3.500 21h17M14.500 12v1.500",
  window: "M4 4h16v16H4zM12 4v16M4 12h16",
  battery: "M3 8h15v8H3zM21 11v2M6 11v2M9.500 11v2",
  bolt: "M13 3 6 13.500h5L10.500 21 18 10.500h-5z",
  smoke:
    "M4 16.500h11a3 3 0 1 0-2.500-4.600A4.500 4.500 0 0 0 4 13.500zM7 20h10M10 4c2 1.500-1 2.500 1 4.500M14.500 3.500c2 1.500-1 2.500 1 4.500",
  button: "M12 12m-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0M12 12m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0",
  power: "M12 3v8M7 6a8 8 0 1 0 10 0",
  up: "M6 15l6-6 6 6",
  down: "M6 9l6 6 6-6",
  stop: "M7 7h10v10H7z",
  play: "M8 5l11 7-11 7z",
  pause: "M8 5v14M16 5v14",
  next: "M6 5l9 7-9 7zM18 5v14",
  previous: "M18 5l-9 7 9 7zM6 5v14",
  volume: "M4 10v4h4l5 4V6L8 10zM16.500 9a4 4 0 0 1 0 6",
  muted: "M4 10v4h4l5 4V6L8 10zM16.500 9.500l5 5M21.500 9.500l-5 5",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  send: "M5 12h13M12 5l7 7-7 7",
  search: "M11 11m-6.500 0a6.500 6.500 0 1 0 13 0a6.500 6.500 0 1 0-13 0M16 16l4.500 4.500",
  close: "M6 6l12 12M18 6L6 18",
  // Two sliders: a cog of this size looks like a sun.
  gear: "M4 8h9M19 8h1M16 8m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0M4 16h1M11 16h9M8 16m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0",
  back: "M19 12H6M12 5l-7 7 7 7",
  warning: "M12 4l9.500 16h-19zM12 10v4.500M12 17.300v.2",
  info: "M12 12m-9 0a9 9 0 1 0 18 0a9 9 0 1 0-18 0M12 11v5.500M12 7.700v.2",
  mic: "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM6 11a6 6 0 0 0 12 0M12 17v4M9 21h6",
  mic_off: "M9 9V6a3 3 0 0 1 6 0v5M6 11a6 6 0 0 0 9.500 4.900M12 17v4M9 21h6M4 4l16 16",
  bell: "M6 17V11a6 6 0 0 1 12 0v6l1.500 2h-15zM10 21.500h4",
  timer: "M12 13.500m-7.500 0a7.500 7.500 0 1 0 15 0a7.500 7.500 0 1 0-15 0M12 9.500v4l2.500 2M9.500 3h5",
  home: "M4 11l8-7 8 7v9H4zM10 20v-6h4v6",
  check: "M5 12.500l4.500 4.500L19 7.500",
};

export function Icon({ name, size = 22 }: { name: string; size?: number }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
      <path d={PATHS[name] ?? PATHS.button} />
    </svg>
  );
}

/** The hub's own mark. */
export function Mark({ size = 34 }: { size?: number }) {
  return <img src="/icon.svg" width={size} height={size} alt="" />;
}

/** The icon of an entity. */
export function iconOf(domain: string, deviceClass: string | null, state: string | null): string {
  if (domain === "lock" && state === "unlocked") return "unlocked";
  if (domain === "cover" && ["garage", "garage_door", "gate", "door"].includes(deviceClass ?? ""))
    return "garage";
  if (domain === "media_player" && deviceClass === "tv") return "tv";
  if (domain === "input_boolean" || domain === "siren" || domain === "humidifier" || domain === "automation")
    return "power";
  if (domain === "script") return "scene";
  if (domain === "water_heater") return "climate";
  if (domain === "sensor" || domain === "binary_sensor") return SENSORS[deviceClass ?? ""] ?? "sensor";
  return PATHS[domain] ? domain : "sensor";
}

const SENSORS: Record<string, string> = {
  temperature: "climate",
  humidity: "valve",
  moisture: "valve",
  illuminance: "light",
  motion: "person",
  occupancy: "person",
  presence: "person",
  door: "door",
  opening: "door",
  garage_door: "garage",
  window: "window",
  battery: "battery",
  power: "bolt",
  energy: "bolt",
  voltage: "bolt",
  current: "bolt",
  smoke: "smoke",
  gas: "smoke",
  carbon_monoxide: "smoke",
  lock: "lock",
  problem: "warning",
};
