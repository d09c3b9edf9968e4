import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { JobState } from '../store/job-record.js';

/**
 * What Prometheus scrapes. A registry of its own, so that two applications in one process (tests) do not mix. Labels
 * are few and bounded: never a name of a system, a partition or a caller.
 */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();

  private readonly http = new Histogram({
    name: 'hmc_vnic_gateway_http_request_duration_seconds',
    help: 'Time to answer an HTTP request, by route template.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 1, 2, 5, 15, 60],
    registers: [this.registry],
  });

  private readonly commands = new Histogram({
    name: 'hmc_vnic_gateway_hmc_command_duration_seconds',
    help: 'Time of one HMC command, by how it ended.',
    labelNames: ['hmc', 'kind', 'end'],
    buckets: [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15, 60, 300],
    registers: [this.registry],
  });

  private readonly jobs = new Counter({
    name: 'hmc_vnic_gateway_job_transitions_total',
    help: 'How often a job has entered a state, as this process wrote it.',
    labelNames: ['operation', 'state'],
    registers: [this.registry],
  });

  private readonly lanes = new Gauge({
    name: 'hmc_vnic_gateway_busy_lanes',
    help: 'Lanes that this replica is working on.',
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry, prefix: 'hmc_vnic_gateway_' });
  }

  /** @param route its template, such as `/v1/jobs/:jobId`; `unmatched` where there is none */
  httpRequest(method: string, route: string, status: number, seconds: number): void {
    this.http.observe({ method, route, status: String(status) }, seconds);
  }

  /** @param end kind of the CommandEnd, with its reason where there is one: `exited`, `unknown:timed-out` … */
  hmcCommand(hmcId: string, kind: 'read' | 'change', end: string, seconds: number): void {
    this.commands.observe({ hmc: hmcId, kind, end }, seconds);
  }

  jobEntered(operation: string, state: JobState): void {
    this.jobs.inc({ operation, state });
  }

  busyLanes(count: number): void {
    this.lanes.set(count);
  }

  /** The text format of Prometheus. */
  async text(): Promise<string> {
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }
}
