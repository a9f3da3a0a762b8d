// How a control asks for something.

import type { Entity } from "../api/types";

/** Calls a service; the tile shows that it waits. Whether it went well. */
export type Run = (service: string, data?: Record<string, unknown>) => Promise<boolean>;

export interface ControlProps {
  entity: Entity;
  run: Run;
}

export interface FoldedControlProps extends ControlProps {
  /** Whether the tile is unfolded. */
  isOpen: boolean;
}
