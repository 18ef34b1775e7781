// In the editing form: « Ancien contenu conservé » is shown, moved and deleted like any other
// content, but is not among those that can be added (pages/streams.py).
(() => {
  const KEPT = 'kept';
  const { StreamBlockDefinition } = window.wagtailStreamField.blocks;

  class KeepingStreamBlockDefinition extends StreamBlockDefinition {
    constructor(name, groups, initialStates, meta) {
      super(name, groups, initialStates, meta);
      this.groupedChildBlockDefs = groups
        .map(([group, definitions]) => [group, definitions.filter(({ name: type }) => type !== KEPT)])
        .filter(([, definitions]) => definitions.length > 0);
    }
  }

  window.telepath.register('pages.KeepingStreamBlock', KeepingStreamBlockDefinition);
})();
