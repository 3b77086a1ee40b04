/** What the functions counted: sums of their metrics, as CloudWatch has them and as log lines carry them. */
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';

export type Sums = Readonly<Record<string, number>>;

const hour = 3_600_000;

/** Over the last hour, of one service. */
export const metricSums = async (endpoint: string, service: string, names: readonly string[]): Promise<Sums> => {
  const client = new CloudWatchClient({
    endpoint,
    region: 'ap-southeast-3',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const sumOf = async (MetricName: string): Promise<number> => {
    const { Datapoints = [] } = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: 'Tuntas/local',
        MetricName,
        Dimensions: [{ Name: 'service', Value: service }],
        StartTime: new Date(Date.now() - hour),
        EndTime: new Date(Date.now() + 60_000),
        Period: 60,
        Statistics: ['Sum'],
      }),
    );
    return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
  };
  const sums = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await sumOf(name)] as const)));
  client.destroy();
  return sums;
};

/** Counts the metrics that functions of this process log during the work. */
export const countingOwn = async <Result>(
  names: readonly string[],
  work: () => Promise<Result>,
): Promise<readonly [Result, Sums]> => {
  const sums: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]));
  const write = process.stdout.write;
  process.stdout.write = ((text: string) => {
    const line = JSON.parse(text) as Record<string, unknown>;
    for (const name of names) sums[name] = (sums[name] ?? 0) + Number(line[name] ?? 0);
    return true;
  }) as typeof write;
  try {
    return [await work(), sums];
  } finally {
    process.stdout.write = write;
  }
};
