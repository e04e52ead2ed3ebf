// Where the project is published: the one place to fill in before the first publication.

/** The repository's address, without a slash at its end. */
export const repository = 'https://example.org/nonconvex';

/** Where a file of the repository is read. */
export const addressOf = (path) => `${repository}/blob/main/${path}`;
