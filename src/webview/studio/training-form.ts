/** `ll-training-form`: every number of a training, each with a line on what it does. */
import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { ifDefined } from 'lit/directives/if-defined.js';
import { live } from 'lit/directives/live.js';
import {
  fitModes,
  maxLatent,
  maxSide,
  minSide,
  variants,
  type FitMode,
  type Recipe,
} from '../../shared/model-spec.ts';
import { formatBytes } from '../../shared/bytes.ts';
import '../components/elements.ts';
import { baseStyles, fieldStyles, noticeStyles } from '../shared/styles.ts';
import { fitNames, fitWords, recipeNames, variantHelp, variantNames } from '../shared/words.ts';
import { checkForm, imageBytes, withRecipe, type Field, type FormErrors, type FormValues } from './form.ts';

/** Fires `form-change` with the new {@link FormValues}, `form-submit` when all fields hold. */
@customElement('ll-training-form')
export class LensTrainingForm extends LitElement {
  static override styles = [
    baseStyles,
    noticeStyles,
    fieldStyles,
    css`
      :host {
        display: block;
      }
      .form {
        display: grid;
        gap: 22px;
      }
      fieldset {
        border: 0;
        margin: 0;
        padding: 0;
        min-width: 0;
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 250px), 1fr));
        gap: 16px 28px;
        align-items: start;
      }
      legend {
        padding: 0;
        margin-bottom: 10px;
        font-weight: 600;
        font-size: 1.08em;
      }
      .field {
        display: grid;
        gap: 4px;
        align-content: start;
        min-width: 0;
      }
      .field > label,
      .field > .label {
        font-weight: 600;
      }
      .pair {
        display: grid;
        grid-template-columns: 1fr auto 1fr;
        gap: 8px;
        align-items: center;
      }
      .help {
        color: var(--vscode-descriptionForeground);
        font-size: 0.93em;
      }
    `,
  ];

  @property({ attribute: false }) values!: FormValues;
  /** Images in the fit set, for the recipe's number of epochs, and in all, for the memory. */
  @property({ type: Number }) fitImages = 0;
  @property({ type: Number }) images = 0;
  /** Bytes. */
  @property({ type: Number }) memoryBudget = Number.POSITIVE_INFINITY;

  /** Fields that were left or submitted: only they complain. */
  @state() private touched: ReadonlySet<Field> = new Set();

  /** Sends the form off, or shows what does not hold and takes the focus there. */
  async submit(): Promise<void> {
    const errors = checkForm(this.values);
    const [first] = Object.keys(errors);
    if (first === undefined) {
      this.dispatchEvent(new CustomEvent('form-submit'));
      return;
    }
    this.touched = new Set(Object.keys(errors) as Field[]);
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`#${first}`)?.focus();
  }

  protected override render(): unknown {
    const all = checkForm(this.values);
    const errors: FormErrors = {};
    for (const field of this.touched) if (all[field] !== undefined) errors[field] = all[field];
    const { values } = this;
    return html`
      <div class="form" role="form" aria-label="Training" @keydown=${this.#onKey}>
        <fieldset>
          <legend>Model</legend>
          ${this.#text('name', 'Name', 'Its file is called after it.', errors)} ${this.#size(errors)}
          ${this.#select(
            'channels',
            'Channels',
            [
              ['1', 'Gray'],
              ['3', 'RGB'],
            ],
            'RGB where colour tells good from bad.',
          )}
          ${this.#text('latent', 'Latent size', `Numbers an image is squeezed through, 1 to ${maxLatent}.`, errors)}
          ${this.#select(
            'variant',
            'Variant',
            variants.map((variant) => [variant, variantNames[variant]]),
            variantHelp[values.variant],
          )}
          ${
            values.variant === 'variational'
              ? html`${this.#text('beta', 'β', 'Weight of the divergence: more makes latents normal, less makes images sharp.', errors)}
                ${this.#text('klAnnealEpochs', 'Annealing', 'Epochs over which the divergence is brought in; 0 for none.', errors)}`
              : nothing
          }
          ${this.#select(
            'fit',
            'Fitting',
            fitModes.map((mode) => [mode, fitNames[mode]]),
            fitWords[values.fit],
          )}
        </fieldset>
        <fieldset>
          <legend>Training</legend>
          ${this.#select(
            'recipe',
            'Recipe',
            (Object.keys(recipeNames) as Recipe[]).map((recipe) => [recipe, recipeNames[recipe]]),
            values.recipe === 'detector'
              ? 'A preset: damaged inputs are repaired, and so what belongs is learned.'
              : 'A preset: clean inputs, as the autoencoder notebook trains.',
          )}
          ${this.#text('epochs', 'Epochs', 'Passes over all images of the fit set.', errors)}
          ${this.#text('batchSize', 'Batch size', 'Images per step of the optimiser.', errors)}
          ${this.#text('learningRate', 'Learning rate', 'Length of Adam’s steps.', errors)}
          ${this.#text('weightDecay', 'Weight decay', 'Pull of the weights towards zero (L2).', errors)}
          ${this.#text('seed', 'Seed', 'The same seed gives the same split and the same start.', errors)}
          ${this.#text('noise', 'Noise σ', 'Gaussian noise on the input, 0 to 1; the target stays clean.', errors)}
          ${this.#text('erase', 'Erased squares', 'Blanked in every input, 0 to 8; the target stays whole.', errors)}
        </fieldset>
        ${this.#memory()}
      </div>
    `;
  }

  #memory(): unknown {
    const bytes = imageBytes(this.values, this.images);
    if (bytes === null) return nothing;
    if (bytes <= this.memoryBudget) {
      return html`<p class="quiet">The images take ${formatBytes(bytes)} of memory at this size.</p>`;
    }
    return html`<p class="warning" role="status">
      <vscode-icon name="warning"></vscode-icon>
      <span
        >The images need ${formatBytes(bytes)} of memory at this size, more than the budget of
        ${formatBytes(this.memoryBudget)} (setting “latentLens.memoryBudget”). A smaller size fits.</span
      >
    </p>`;
  }

  #text(field: Field, label: string, help: string, errors: FormErrors): TemplateResult {
    return html`<div class="field">
      <label for=${field}>${label}</label>
      ${this.#input(field, errors)} ${this.#help(field, help, errors[field])}
    </div>`;
  }

  #input(field: Field, errors: FormErrors, label?: string): TemplateResult {
    return html`<input
      id=${field}
      type="text"
      inputmode=${field === 'name' ? 'text' : 'decimal'}
      autocomplete="off"
      spellcheck="false"
      .value=${live(this.values[field])}
      aria-label=${ifDefined(label)}
      aria-invalid=${errors[field] === undefined ? 'false' : 'true'}
      aria-describedby="${field}-help"
      @input=${(event: Event) => this.#change(field, (event.target as HTMLInputElement).value)}
      @blur=${() => this.#touch(field)}
    />`;
  }

  #help(field: Field, help: string, error: string | undefined): TemplateResult {
    return error === undefined
      ? html`<span class="help" id="${field}-help">${help}</span>`
      : html`<span class="error" id="${field}-help" role="alert"
          ><vscode-icon name="error"></vscode-icon><span>${error}</span></span
        >`;
  }

  #size(errors: FormErrors): TemplateResult {
    const error = errors.height ?? errors.width;
    return html`<div class="field" role="group" aria-labelledby="size-label">
      <span class="label" id="size-label">Size</span>
      <div class="pair">
        ${this.#input('height', errors, 'Height')} <span aria-hidden="true">×</span>
        ${this.#input('width', errors, 'Width')}
      </div>
      ${this.#help(
        'height',
        `Height × width in pixels, ${minSide} to ${maxSide}; all images are fitted to it.`,
        error,
      )}
      <span class="visually-hidden" id="width-help">${error ?? ''}</span>
    </div>`;
  }

  #select(
    field: 'channels' | 'variant' | 'recipe' | 'fit',
    label: string,
    options: readonly (readonly [value: string, label: string])[],
    help: string,
  ): TemplateResult {
    return html`<div class="field">
      <label for=${field}>${label}</label>
      <select
        id=${field}
        aria-describedby="${field}-help"
        .value=${live(this.values[field])}
        @change=${(event: Event) => this.#change(field, (event.target as HTMLSelectElement).value)}
      >
        ${options.map(
          ([value, text]) =>
            html`<option value=${value} ?selected=${value === this.values[field]}>${text}</option>`,
        )}
      </select>
      <span class="help" id="${field}-help">${help}</span>
    </div>`;
  }

  #change(field: Field, value: string): void {
    const values =
      field === 'recipe'
        ? withRecipe(this.values, value as Recipe, this.fitImages)
        : ({ ...this.values, [field]: value as FitMode } satisfies FormValues);
    this.dispatchEvent(new CustomEvent<FormValues>('form-change', { detail: values }));
  }

  #touch(field: Field): void {
    this.touched = new Set([...this.touched, field]);
  }

  /** Enter in a field submits; a webview's sandbox keeps real forms from doing so. */
  #onKey(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    void this.submit();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'll-training-form': LensTrainingForm;
  }
}
