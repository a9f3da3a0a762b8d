// The table of rules: what holds for whom, and how it is changed. The stricter rule holds.

import type { Role, Rules, Tier } from "../../api/types";

export const TIERS: Tier[] = ["free", "announced", "confirmed", "pin", "never"];
export const ROLES: Role[] = ["resident", "guest", "child"];

/** The tier that holds for a role in the end: the stricter one of the household's and the role's own. */
export function effective(rules: Rules, usual: Tier, effect: string, role: Role): Tier {
  const all = rules.classes[effect] ?? usual;
  const own = role === "resident" ? all : (rules[role].tiers[effect] ?? "free");
  return TIERS.indexOf(own) < TIERS.indexOf(all) ? all : own;
}

/** The tiers that a role can have: never a laxer one than everyone. */
export function offered(rules: Rules, usual: Tier, effect: string, role: Role): Tier[] {
  const laxest = role === "resident" ? "free" : (rules.classes[effect] ?? usual);
  return TIERS.filter((tier) => TIERS.indexOf(laxest) <= TIERS.indexOf(tier));
}

/** The rules with another tier for a kind of effect; what is as usual is left out. */
export function withTier(rules: Rules, usual: Tier, effect: string, role: Role, tier: Tier): Rules {
  if (role === "resident")
    return { ...rules, classes: withEntry(rules.classes, effect, tier === usual ? null : tier) };
  const all = rules.classes[effect] ?? usual;
  const tiers = withEntry(rules[role].tiers, effect, tier === all ? null : tier);
  return { ...rules, [role]: { ...rules[role], tiers } };
}

/** A record with one entry changed, or without it. */
export function withEntry<T>(record: Record<string, T>, key: string, value: T | null): Record<string, T> {
  const { [key]: _, ...rest } = record;
  return value === null ? rest : { ...rest, [key]: value };
}
