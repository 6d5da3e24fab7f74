/** What keeps a guest from being built, told for a person. */
export class BuildError extends Error {}
