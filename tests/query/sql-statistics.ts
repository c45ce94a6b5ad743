import { DatabaseSync } from 'node:sqlite'

/** The middle value, or the mean of the two in the middle, of `value` in each group of `name`. */
const medians = (rows: string) => `
  select name, avg(value) as value from (
    select name, value, row_number() over (partition by name order by value) as place, count(*) over (partition by name) as many from (${rows})
  ) where place in ((many + 1) / 2, (many + 2) / 2) group by name`

/**
 * The figures of `query stats` and `query compare` once more, by SQL on the API's own SQLite database and by nothing of
 * the query tool. Where a figure has no name of its own in SQL, the query spells out its definition.
 */
export function openSql(database: string, gapMs: number) {
  const db = new DatabaseSync(database, { readOnly: true })
  db.exec(`
    create temp table reports as
      select id, site_id, pump_id, site_id || '/' || pump_id as pump, event_ms,
        record ->> '$.additionalContext.status' as status,
        case record ->> '$.additionalContext.status' when 'Normal' then 0 when 'Warning' then 1 when 'Critical' then 2 else 3 end as severity,
        record ->> '$.metadata.prediction_rul_days' as rul, record
      from anomalies;
    create index temp.by_pump on reports (pump, event_ms);
    create temp table named as
      select r.id, r.site_id, r.pump, r.event_ms, p.value as parameter,
        r.record ->> ('$.additionalContext.all_deviations.' || p.value) as deviation,
        r.record ->> ('$.additionalContext.thresholds.' || p.value || '.min') as low,
        r.record ->> ('$.additionalContext.thresholds.' || p.value || '.max') as high
      from reports r, json_each(r.record, '$.additionalContext.parameter') p;
    create temp table starts as
      select *, case when event_ms - lag(event_ms) over one <= ${gapMs} then 0 else 1 end as begins
      from named window one as (partition by pump, parameter order by event_ms, id);
    create temp table episodes as
      select site_id, pump, parameter, min(event_ms) as start_ms, max(event_ms) as end_ms
      from (select *, sum(begins) over (partition by pump, parameter order by event_ms, id) as episode from starts)
      group by pump, parameter, episode;
    create index temp.by_start on episodes (site_id, start_ms);
    create temp table days as
      select substr(name, 1, length(name) - length(day) - 1) as series, cast(day as integer) as day, value
      from (select name, value, replace(name, rtrim(name, '0123456789'), '') as day from (${medians(
        `select parameter || ' ' || pump || ' ' || (event_ms / 86400000) as name, deviation as value from named where deviation is not null`,
      )}));
    create index temp.by_day on days (series, day);`)
  const all = (sql: string) => db.prepare(sql).all() as Record<string, number | string | null>[]
  const one = (sql: string) => all(sql)[0] ?? {}
  const keyed = (sql: string) => Object.fromEntries(all(sql).map(({ name, value }) => [String(name), value]))
  return { all, one, keyed, close: () => db.close() }
}

type Sql = ReturnType<typeof openSql>

export function sqlStatistics(sql: Sql, gapMs: number) {
  const { all, one, keyed } = sql
  const total = Number(one('select count(*) as value from episodes')['value'])
  const between = `select parameter as name, sum(last - first) / sum(many - 1.0) as value from (
    select pump, parameter, min(start_ms) as first, max(start_ms) as last, count(*) as many from episodes group by pump, parameter) group by parameter`
  const slots = (format: string) =>
    all(
      `select strftime('${format}', event_ms / 1000, 'unixepoch') as name, count(*) as value from reports group by 1 order by 1`,
    )
  return {
    anomalies: one('select count(*) as value from reports')['value'],
    pumps: one('select count(distinct pump) as value from reports')['value'],
    by_status: keyed('select status as name, count(*) as value from reports group by 1'),
    by_parameter: keyed('select parameter as name, count(*) as value from named group by 1'),
    by_hour: slots('%H').map(({ value }) => value),
    by_weekday: [...slots('%w').slice(1), ...slots('%w').slice(0, 1)].map(({ value }) => value),
    episodes: keyed('select parameter as name, count(*) as value from episodes group by 1'),
    median_length: keyed(medians('select parameter as name, end_ms - start_ms as value from episodes')),
    longest: keyed('select parameter as name, max(end_ms - start_ms) as value from episodes group by 1'),
    time_between: keyed(between),
    time_between_all: one(
      `select sum(last - first) / sum(many - 1.0) as value from (
        select min(start_ms) as first, max(start_ms) as last, count(*) as many from episodes group by pump, parameter)`,
    )['value'],
    status_time: keyed(`
      select case min(severity, before) when 0 then 'Normal' when 1 then 'Warning' when 2 then 'Critical' else 'Failure' end as name, sum(gap) as value
      from (select severity, lag(severity) over one as before, event_ms - lag(event_ms) over one as gap from reports
        window one as (partition by pump order by event_ms, id))
      where gap <= ${gapMs} group by 1`),
    worst: keyed('select parameter as name, min(deviation) as value from named where deviation is not null group by 1'),
    median: keyed(medians('select parameter as name, deviation as value from named where deviation is not null')),
    slope: slopes(sql),
    offenders: keyed(`select pump as name, count(*) * 1.0 / ${total} as value from episodes group by 1`),
    busiest: one(
      `select count(*) as value from episodes group by strftime('%Y-%m-%d', start_ms / 1000, 'unixepoch') order by 1 desc limit 1`,
    )['value'],
    standing: one('select count(*) as value from episodes where end_ms - start_ms > 86400000')['value'],
    total,
  }
}

/** Theil–Sen slopes of daily medians by pump, their median over the pumps with eight days or more [points per 30 days]. */
function slopes({ keyed }: Sql): Record<string, number | string | null | undefined> {
  return keyed(
    medians(
      `select substr(name, 1, instr(name, ' ') - 1) as name, value * 30 as value from (${medians(`
      select a.series as name, (b.value - a.value) / (b.day - a.day) as value
      from days a join days b on a.series = b.series and a.day < b.day
      where a.series in (select series from days group by series having count(*) >= 8)`)})`,
    ),
  )
}

export function sqlComparison({ all, keyed }: Sql, windowMs: number) {
  const last =
    'select pump, status, event_ms, row_number() over (partition by pump order by event_ms desc, id desc) as place from reports'
  return {
    anomalies: keyed('select pump as name, count(*) as value from reports group by 1'),
    episodes: keyed('select pump as name, count(*) as value from episodes group by 1'),
    worst_status: keyed('select pump as name, max(severity) as value from reports group by 1'),
    last_status: keyed(`select pump as name, status as value from (${last}) where place = 1`),
    last_ms: keyed(`select pump as name, event_ms as value from (${last}) where place = 1`),
    beyond: keyed(`select pump as name, max(max(coalesce(deviation - high, -1e300), coalesce(low - deviation, -1e300))) as value
      from named where deviation is not null group by 1`),
    rul: keyed(`select pump as name, rul as value from (
      select pump, rul, row_number() over (partition by pump order by event_ms desc, id desc) as place from reports where rul is not null) where place = 1`),
    shared: all(`
      with recursive window(site_id, start_ms) as (
        select site_id, min(start_ms) from episodes group by site_id
        union all
        select site_id, (select min(e.start_ms) from episodes e where e.site_id = window.site_id and e.start_ms > window.start_ms + ${windowMs})
        from window where start_ms is not null)
      select w.site_id, w.start_ms, count(distinct e.pump) as pumps
      from window w join episodes e on e.site_id = w.site_id and e.start_ms between w.start_ms and w.start_ms + ${windowMs}
      group by w.site_id, w.start_ms having count(distinct e.pump) > 1 order by w.site_id, w.start_ms`),
  }
}
