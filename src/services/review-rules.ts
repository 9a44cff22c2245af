import { type Card, line } from '../domain/card.ts';
import { minutesInto } from '../domain/local-day.ts';
import type { Language, Text } from '../domain/text.ts';
import type { Clock } from '../ports/clock.ts';
import type { RoomRow, Storage, Usefulness } from '../ports/stores.ts';
import { localDay } from '../render/words.ts';
import type { Directory } from './directory.ts';
import type { RoomMood } from './room-view.ts';

const aDay = 86_400_000;
const aWeek = 7 * aDay;
/** Minutes after Monday's midnight. */
const saidAt = 9 * 60;
const fewestSaid = 10;
const leastActed = 0.3;

/** Once a week a rule that nobody acts on proposes to be silenced. It never silences itself. */
export function createReviewRules({
  storage,
  clock,
  directory,
  moodOf,
}: {
  storage: Storage;
  clock: Clock;
  directory: Directory;
  moodOf: (room: RoomRow) => Promise<RoomMood>;
}): () => Promise<number> {
  // Asked often, looked at once a week; after a restart once more, where the same messages change nothing.
  let reviewed: number | undefined;
  return async () => {
    const now = clock.now();
    const monday = lastMonday(now, directory.timezone);
    if (monday === reviewed) return 0;
    const rules = (await storage.noise.usefulness(monday - aWeek, monday)).filter(isIgnored);
    let told = 0;
    for (const rule of rules) {
      for (const room of await storage.rooms.list()) {
        if (room.hears.rules !== 'all' && !room.hears.rules.includes(rule.ruleId)) continue;
        const isNew = await storage.outbox.add({
          key: `review/${rule.ruleId}/${localDay(monday, directory.timezone)}/${room.id}`,
          roomId: room.id,
          kind: 'notice',
          priority: 3,
          alertId: null,
          card: reviewCard(rule, directory.ruleSay(rule.ruleId), room.language),
          dueAt: (await moodOf(room)).quietUntil ?? now,
        });
        if (isNew) told += 1;
      }
    }
    reviewed = monday;
    return told;
  };
}

const isIgnored = ({ said, acted }: Usefulness): boolean => said >= fewestSaid && acted / said < leastActed;

/** The last Monday at nine that has been. */
function lastMonday(now: number, timezone: string): number {
  for (let days = 0; ; days += 1) {
    const day = localDay(now - days * aDay, timezone);
    const at = minutesInto(day, saidAt, timezone);
    if (new Date(`${day}T00:00:00Z`).getUTCDay() === 1 && at <= now) return at;
  }
}

function reviewCard({ ruleId, said, acted, useless }: Usefulness, say: Text, language: Language): Card {
  const zh = language === 'zh';
  return {
    tone: 'numbers',
    lines: [
      line(zh ? `这条规则可能不值得响：${say.zh}` : `This rule may not be worth the noise: ${say.en}`),
      line(
        zh
          ? `上周报 ${said} 条：处理 ${acted} 条，没人理 ${said - acted} 条，说没用 ${useless} 条`
          : `Last week ${said} said: ${acted} acted on, ${said - acted} ignored, ${useless} called useless`,
      ),
      line(zh ? '不会自己关。要先静一天就点下面' : 'It does not silence itself. One day of quiet is a click away'),
    ],
    buttons: [
      {
        label: zh ? '静一天' : 'Silence 24 h',
        command: `/silence ${ruleId} 24h ${zh ? '上周没人处理' : 'nobody acted last week'}`,
        style: 'plain',
      },
    ],
    link: null,
  };
}
