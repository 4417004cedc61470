// What a linter finds in the pages' JavaScript: `npx eslint@9 --config .ci/eslint.config.mjs rxslack`. All rules are ESLint's own, so that it needs
// nothing else.

const browser = [
  "AbortController", "Blob", "Node", "ResizeObserver", "TextDecoder", "URL", "URLSearchParams", "addEventListener",
  "clearTimeout", "console", "document", "fetch", "getComputedStyle", "localStorage", "location", "matchMedia",
  "navigator", "performance", "requestAnimationFrame", "setInterval", "setTimeout", "window",
];

const readonly = (names) => Object.fromEntries(names.map((name) => [name, "readonly"]));

const rules = [
  "array-callback-return", "eqeqeq", "for-direction", "getter-return", "no-async-promise-executor", "no-case-declarations",
  "no-class-assign", "no-compare-neg-zero", "no-const-assign", "no-constant-binary-expression", "no-constant-condition",
  "no-control-regex", "no-debugger", "no-delete-var", "no-dupe-args", "no-dupe-class-members", "no-dupe-else-if",
  "no-dupe-keys", "no-duplicate-case", "no-empty", "no-empty-character-class", "no-empty-pattern", "no-eval",
  "no-ex-assign", "no-fallthrough", "no-func-assign", "no-implied-eval", "no-import-assign", "no-invalid-regexp",
  "no-irregular-whitespace", "no-loss-of-precision", "no-misleading-character-class", "no-new-func", "no-obj-calls",
  "no-prototype-builtins", "no-redeclare", "no-self-assign", "no-self-compare",
  "no-setter-return", "no-shadow-restricted-names", "no-sparse-arrays", "no-this-before-super", "no-throw-literal",
  "no-undef", "no-unexpected-multiline", "no-unreachable", "no-unsafe-finally", "no-unsafe-negation",
  "no-unsafe-optional-chaining", "no-unused-labels", "no-unused-vars", "no-useless-backreference", "no-useless-catch",
  "no-useless-escape", "no-var", "prefer-const", "require-yield", "use-isnan", "valid-typeof",
];

export default [
  {
    files: ["rxslack/**/*.js"],
    languageOptions: { ecmaVersion: 2024, sourceType: "module", globals: readonly(browser) },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: Object.fromEntries(rules.map((rule) => [rule, "error"])),
  },
  {
    // `common.js` stands in front of each.
    files: ["rxslack/notebook/{live,describe,travel,plot}.js"],
    languageOptions: { globals: readonly(["element"]) },
  },
  { files: ["rxslack/notebook/common.js"], languageOptions: { sourceType: "script" }, rules: { "no-unused-vars": "off" } },
];
