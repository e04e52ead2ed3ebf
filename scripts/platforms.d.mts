/** The target of a build for a platform: a system and a processor by CMake's names, and Zig's name for both, where Zig builds it. */
export const platforms: Record<string, { system: string; processor: string; triple?: string }>;
export function hostPlatform(): string;
export function partsOf(name: string): { platform: string; arch: string; libc?: string };
export function binaryOf(name: string): string;
export function toolsFor(name: string): string;
