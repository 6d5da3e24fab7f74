import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['**/dist/', '**/gen/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] }, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'max-lines': ['error', 400],
      'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }],
      'max-depth': ['error', 4],
      'max-len': ['error', { code: 140, ignoreStrings: true, ignoreTemplateLiterals: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // A class for each family of errors says by its name all that it has to say.
      '@typescript-eslint/no-extraneous-class': 'off',
    },
  },
  {
    files: ['test/**', 'e2e/**'],
    // A describe block is a list of tests, not a function to take in at once.
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    files: ['e2e/clients.test.ts', 'e2e/json-clients.ts'],
    // Foreign clients give untyped JSON; that it has the right form is what these tests check.
    rules: Object.fromEntries(
      ['no-explicit-any', 'no-unsafe-assignment', 'no-unsafe-member-access', 'no-unsafe-call', 'no-unsafe-return']
        .map((rule) => [`@typescript-eslint/${rule}`, 'off']),
    ),
  },
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
);
