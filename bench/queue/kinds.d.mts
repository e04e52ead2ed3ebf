import type { ReluResult } from '../../src/index.js';

export const settings: { lambda: number; tolerance: number };
export function problem(k: number): { x: Float64Array[]; y: Float64Array };
export function solve(some: { from: number; count: number }): Promise<ReluResult>;
