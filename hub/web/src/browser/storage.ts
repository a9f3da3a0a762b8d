// What this browser keeps for itself. One that keeps nothing works as well; it is asked again next time.

export function kept(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Chosen again next time.
  }
}
