import { type FieldNode, Kind, type OperationDefinitionNode, type SelectionNode, type SelectionSetNode } from 'graphql';
import { worldWindow } from '../../world/clock.ts';
import type { World } from '../../world/world.ts';
import type { Asked } from './asked.ts';

const MAXIMUM = 2_000;
const RESTORE = 100;
/** What one question may cost. */
export const DEAREST = 1_000;
const MUTATION = 10;

export interface ThrottleStatus {
  maximumAvailable: number;
  currentlyAvailable: number;
  restoreRate: number;
}

/** The shop's bucket of points: full at 2,000, a hundred a second. */
export interface Bucket {
  /** Takes so many points; false when they are not there. */
  take(world: World, points: number): boolean;
  /** Gives back what a question turned out not to cost. */
  giveBack(world: World, points: number): void;
  empty(world: World): void;
  status(world: World): ThrottleStatus;
}

export function createBucket(): Bucket {
  let points = MAXIMUM;
  let at = 0;
  const fill = (world: World): number => {
    const now = world.clock.now();
    // A world that was set back begins with a full bucket.
    const restored = now < at ? MAXIMUM : ((now - at) / worldWindow(world.clock, 1_000)) * RESTORE;
    points = Math.min(MAXIMUM, points + restored);
    at = now;
    return points;
  };
  return {
    take(world, wanted) {
      if (fill(world) < wanted) return false;
      points -= wanted;
      return true;
    },
    giveBack(world, unused) {
      points = Math.min(MAXIMUM, fill(world) + unused);
    },
    empty(world) {
      fill(world);
      points = 0;
    },
    status: (world) => ({
      maximumAvailable: MAXIMUM,
      currentlyAvailable: Math.floor(fill(world)),
      restoreRate: RESTORE,
    }),
  };
}

/** What a question costs before it is answered: objects one point, lists less than their length. */
export function requestedCost({ document, operation, variables }: Asked): number {
  const fragments = new Map(
    document.definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [])),
  );
  const selections = (set: SelectionSetNode | undefined): readonly SelectionNode[] =>
    (set?.selections ?? []).flatMap((one) => {
      if (one.kind === Kind.FIELD) return one;
      if (one.kind === Kind.INLINE_FRAGMENT) return selections(one.selectionSet);
      return selections(fragments.get(one.name.value)?.selectionSet);
    });
  const inside = (set: SelectionSetNode | undefined): number =>
    selections(set).reduce((sum, one) => sum + (one.kind === Kind.FIELD ? costOf(one) : 0), 0);
  const costOf = (field: FieldNode): number => {
    if (field.selectionSet === undefined || field.name.value === 'pageInfo') return 0;
    const count = countOf(field, variables);
    if (count === undefined)
      return field.name.value === 'nodes' ? inside(field.selectionSet) : 1 + inside(field.selectionSet);
    return 2 + Math.ceil((1 + inside(field.selectionSet)) * Math.log2(count + 1));
  };
  return Math.max(1, inside(operation.selectionSet)) + MUTATION * mutations(operation);
}

const mutations = ({ operation, selectionSet }: OperationDefinitionNode): number =>
  operation === 'mutation' ? selectionSet.selections.length : 0;

/** How many of a list are wanted: by `first`, or by the ids that are named. */
function countOf(field: FieldNode, variables: Readonly<Record<string, unknown>>): number | undefined {
  for (const { name, value } of field.arguments ?? []) {
    const told = value.kind === Kind.VARIABLE ? variables[value.name.value] : undefined;
    if (name.value === 'first') return Number(value.kind === Kind.INT ? value.value : told);
    if (name.value === 'ids' && Array.isArray(told)) return told.length;
  }
  return undefined;
}
