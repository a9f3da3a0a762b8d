// Messages of the system, for a page that lies behind another. Browsers allow them to pages with TLS or on this machine.

export type Permission = "impossible" | "default" | "granted" | "denied";

export function permission(): Permission {
  if (typeof Notification === "undefined" || !isSecureContext) return "impossible";
  return Notification.permission;
}

export async function askPermission(): Promise<Permission> {
  if (permission() === "default") await Notification.requestPermission();
  return permission();
}

/** Shows a message; calling what it returns takes it away. */
export function notify(text: string, tag: string): () => void {
  if (permission() !== "granted") return () => undefined;
  try {
    const shown = new Notification("Hearth", {
      body: text,
      tag,
      icon: "/icon.svg",
      requireInteraction: true,
    });
    shown.onclick = () => {
      window.focus();
      shown.close();
    };
    return () => shown.close();
  } catch {
    // Some browsers on phones leave it to service workers alone.
    return () => undefined;
  }
}
