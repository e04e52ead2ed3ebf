// A recommender: users and films have a few numbers each, a table of embeddings for either, and a rating is the product of two rows of them. No step
// size is chosen, and rows that are kept out say when to end.
import { add, dot, evaluate, glorot, Model, mul, pick, row, square, sub, sumSquares } from 'nonconvex/model';
import { minimizeSum } from 'nonconvex/smooth';

// Numbers from 0 to 1, the same at every run.
let state = 7;
const uniform = () => {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
};
const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
const below = (n) => Math.min(n - 1, Math.floor(n * uniform()));

// 400 users rate some of 200 films of four genres from one to five; some films are rated often, most are not.
const [users, films, count, rank] = [400, 200, 16_000, 2];
const genres = ['comedy', 'drama', 'horror', 'western'];
const genreOf = Array.from({ length: films }, () => below(4));
const liking = Array.from({ length: users }, () => [1.2 * normal(), 1.2 * normal()]);
const quality = Array.from({ length: films }, () => 0.5 * normal());
const place = genreOf.map((genre) => [Math.cos((genre * Math.PI) / 2), Math.sin((genre * Math.PI) / 2)]);
function draw(size) {
  const user = Int32Array.from({ length: size }, () => below(users));
  const film = Int32Array.from({ length: size }, () => Math.floor((below(films) * below(films)) / films));
  const rating = Float64Array.from({ length: size }, (_, k) => {
    const [likes, where] = [liking[user[k]], place[film[k]].map((at) => at + 0.15 * normal())];
    const score = 3 + quality[film[k]] + likes[0] * where[0] + likes[1] * where[1] + 0.4 * normal();
    return Math.min(5, Math.max(1, Math.round(score)));
  });
  return { user, film, rating };
}

const model = new Model();
const rows = model.rows(draw(count));
const P = model.variable([users, rank], { start: glorot(), name: 'P' });
const Q = model.variable([films, rank], { start: glorot(), name: 'Q' });
const [mean, ofUser, ofFilm] = [model.variable(), model.variable(users), model.variable(films)];
const usual = add(mean, add(pick(ofUser, rows.user), pick(ofFilm, rows.film)));
const predicted = add(usual, dot(row(P, rows.user), row(Q, rows.film)));
const ridge = mul(1e-5, add(add(sumSquares(P), sumSquares(Q)), add(sumSquares(ofUser), sumSquares(ofFilm))));
model.minimize(add(rows.mean(square(sub(predicted, rows.rating))), ridge));
model.output('predicted', predicted);

const result = await minimizeSum(model, { maxEpochs: 100, validation: 0.1 });

// Ratings that were not seen.
const test = draw(4000);
const { predicted: guesses } = await evaluate(model, result.x, { rows: test });
const average = test.rating.reduce((total, rating) => total + rating / 4000, 0);
const errorOf = (guess) =>
  Math.sqrt(test.rating.reduce((total, rating, k) => total + (rating - guess(k)) ** 2 / 4000, 0));
console.log(`stopped by ${result.status === 'stalled' ? 'the rows that were kept out' : 'the epochs'}`);
console.log(
  `error ${errorOf((k) => guesses[k]).toFixed(2)} of ratings from 1 to 5; of their mean ${errorOf(() => average).toFixed(2)}`,
);

// The picture of docs/gallery.md: what the films' two numbers have of the genres, which nobody told.
const learned = Q.valueIn(result);
const seen = new Map();
for (const film of test.film) seen.set(film, (seen.get(film) ?? 0) + 1);
export const picture = {
  title: 'Films by the two numbers that were learned of each from ratings alone',
  subtitle: 'the larger the circle, the more ratings',
  ...{ x: 'first number', y: 'second number', height: 420 },
  series: genres.map((name, g) => {
    const films = [...genreOf.keys()].filter((film) => genreOf[film] === g);
    const number = (k) => films.map((film) => learned.data[2 * film + k]);
    const radii = films.map((film) => 2 + 0.8 * Math.sqrt(seen.get(film) ?? 0));
    return { name, as: 'points', x: number(0), y: number(1), radii, colour: g + 1 };
  }),
};

// heading: A recommender of films
// prints: stopped by the rows that were kept out
// prints: /error 0\.[56]\d of ratings from 1 to 5; of their mean 1\.\d\d/
