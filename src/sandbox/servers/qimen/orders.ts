import { qimen } from '../../world/company.ts';
import { resumeErpOrder } from '../../world/erp.ts';
import { cancelErpOrder, erpOrderOf, isUnpicked, setQuestion } from '../../world/erp-orders.ts';
import type { ErpOrderRow } from '../../world/rows.ts';
import { beijing } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer } from '../exchange.ts';
import { failure, type Request, success, text } from './xml.ts';

const WHO = '奇门';
const PENDING = '暂停发货';

interface Step {
  readonly status: string;
  readonly at: number;
  readonly info?: string;
}

/** Orders are known by the shop's number: the company passes them on with it. */
export function queryProcess(world: World, request: Request): Answer {
  const erp = erpOrderOf(world, text('orderCode', request));
  if (erp === undefined) return failure('40031', '订单不存在');
  return success({
    orderProcess: {
      orderCode: erp.so_id,
      orderType: 'JYCK',
      warehouseCode: erp.wms_co_id,
      processes: {
        process: stepsOf(world, erp).map(({ status, at, info = '' }) => ({
          processStatus: status,
          operatorCode: 'W01',
          operatorName: '仓库',
          operateTime: beijing(at),
          operateInfo: info,
        })),
      },
    },
  });
}

/** How a stop shows is not in the sheet: shape ours. */
function stepsOf(world: World, erp: ErpOrderRow): Step[] {
  const logged = world.store
    .all<{ at: number; name: string; remark: string }>(
      "SELECT at, name, remark FROM erp_actions WHERE o_id = ? AND name IN ('转异常', '取消异常') ORDER BY id",
      erp.o_id,
    )
    .map(
      ({ at, name, remark }): Step =>
        name === '转异常' ? { status: 'EXCEPTION', at, info: remark } : { status: 'ACCEPT', at },
    );
  const stamped: readonly (readonly [string, number | null])[] = [
    ['PICK', erp.sorted_at],
    ['PACKAGE', erp.labelled_at],
    ['DELIVERED', erp.send_date],
    ['CANCELED', erp.cancelled_at],
  ];
  return [
    { status: 'NEW', at: erp.created },
    { status: 'ACCEPT', at: erp.created },
    ...logged,
    ...stamped.flatMap(([status, at]) => (at === null ? [] : [{ status, at }])),
  ].sort((a, b) => a.at - b.at);
}

/** The order a write names at its warehouse, or why it names none. */
function named(world: World, request: Request): ErpOrderRow | Answer {
  if (text('ownerCode', request) !== qimen.ownerCode) return failure('40030', '货主不正确');
  const erp = erpOrderOf(world, text('orderCode', request));
  if (erp === undefined || String(erp.wms_co_id) !== text('warehouseCode', request))
    return failure('40031', '订单不存在');
  return erp;
}

const whyLate = ({ status }: ErpOrderRow): string => (status === 'Sent' ? '订单已发货' : '订单已开始拣货');

export function cancelOrder(world: World, request: Request): Answer {
  const erp = named(world, request);
  if (!('o_id' in erp)) return erp;
  if (erp.status === 'Cancelled') return failure('40008', '订单已取消');
  if (!isUnpicked(erp)) return failure('40008', whyLate(erp));
  cancelErpOrder(world, erp, world.clock.now(), text('cancelReason', request), WHO);
  return success({}, true);
}

export function pendOrder(world: World, request: Request): Answer {
  const erp = named(world, request);
  if (!('o_id' in erp)) return erp;
  if (text('actionType', request) === 'restore') {
    if (erp.status !== 'Question' || erp.question_type !== PENDING) return failure('40009', '订单没有被暂停');
    resumeErpOrder(world, erp, world.clock.now(), WHO);
    return success({}, true);
  }
  if (erp.status === 'Cancelled') return failure('40009', '订单已取消');
  if (!isUnpicked(erp)) return failure('40009', whyLate(erp));
  setQuestion(world, erp, world.clock.now(), PENDING, text('reason', request), WHO);
  return success({}, true);
}
