import { describe, expect, it } from "vitest";
import type { Rules } from "../../api/types";
import { effective, withTier } from "./rule_table";

const limits = () => ({ tiers: {}, heat: null, may_edit: false });
const rules: Rules = {
  classes: {},
  entities: {},
  guest: { ...limits(), tiers: { unlock: "never" } },
  child: limits(),
  places: {},
  ways: {},
};

describe("the table of rules", () => {
  it("shows what holds in the end: the stricter one", () => {
    expect(effective(rules, "pin", "unlock", "resident")).toBe("pin");
    expect(effective(rules, "pin", "unlock", "guest")).toBe("never");
    expect(effective(rules, "pin", "unlock", "child")).toBe("pin");
    const strict = withTier(rules, "free", "heating", "resident", "confirmed");
    expect(
      effective(
        { ...strict, child: { ...limits(), tiers: { heating: "free" } } },
        "free",
        "heating",
        "child",
      ),
    ).toBe("confirmed");
  });

  it("keeps only what is not as usual", () => {
    const changed = withTier(rules, "pin", "unlock", "resident", "confirmed");
    expect(changed.classes).toEqual({ unlock: "confirmed" });
    expect(withTier(changed, "pin", "unlock", "resident", "pin").classes).toEqual({});
    expect(withTier(rules, "pin", "unlock", "guest", "pin").guest.tiers).toEqual({});
    expect(withTier(rules, "pin", "unlock", "child", "never").child.tiers).toEqual({ unlock: "never" });
    expect(rules.guest.tiers).toEqual({ unlock: "never" });
  });
});
