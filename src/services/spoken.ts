import type { Alert } from '../domain/alert.ts';
import type { Spoken } from '../domain/escalation.ts';
import { digitsRead, numberRead } from '../domain/numerals.ts';
import { tailOf } from '../domain/order.ts';
import { type Directory, warehouseName } from './directory.ts';

const aMinute = 60_000;

/** What the telephone says of an alert: where, what, which number. Only our own words; figures as they are read out. */
export function spokenOf(alert: Alert, number: number | null, directory: Directory): Spoken {
  return {
    place: warehouseName(alert.facts.warehouseId, directory) ?? '',
    what: whatOf(alert, directory),
    number: number === null ? '' : `${numberRead(number)}号`,
  };
}

function whatOf({ ruleId, facts }: Alert, directory: Directory): string {
  const figure = (name: string): number => Math.round(Number(facts[name] ?? 0));
  if (ruleId === 'cycle-red') return `履约周期${lengthRead(figure('mean'))}`;
  if (ruleId === 'backlog-over-capacity') return `照现在的速度会晚${numberRead(figure('misses'))}单`;
  const said = directory.ruleSay(ruleId).zh.replace(/\d+/g, (digits) => numberRead(Number(digits)));
  return facts.orderNo === undefined ? said : `${said}，尾号${digitsRead(tailOf(facts.orderNo))}`;
}

/** 8 h 1 min → 八小时一分. */
function lengthRead(ms: number): string {
  const minutes = Math.floor(ms / aMinute);
  const hours = `${numberRead(Math.floor(minutes / 60))}小时`.replace(/^二小/, '两小');
  return minutes % 60 === 0 ? hours : `${hours}${numberRead(minutes % 60)}分`;
}
