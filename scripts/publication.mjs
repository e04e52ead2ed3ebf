// Where the project is published: the one place to fill in before the first publication.

/** The repository's address, without a slash at its end. */
export const repository = 'https://example.org/nonconvex';

/** The part of package.json about it. */
export const fields = {
  repository: { type: 'git', url: `git+${repository}.git` },
  homepage: `${repository}#readme`,
  bugs: `${repository}/issues`,
};

/** Where a file of the repository is read, or an image of it is shown. */
export const addressOf = (path) => `${repository}/${/\.(svg|png)$/.test(path) ? 'raw' : 'blob'}/main/${path}`;
