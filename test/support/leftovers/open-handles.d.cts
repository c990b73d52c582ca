import type { ChildProcess } from 'node:child_process';
import type { Server } from 'node:net';

export function openHandles(): (ChildProcess | Server)[];
export function endHandles(known?: readonly (ChildProcess | Server)[]): string[];
