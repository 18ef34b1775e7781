// In the editor of texts: a button that cites a figure of the report. What is stored names the
// figure; its number is put in its place when the page is read (activities/figures/rich_text.py).
(() => {
  const { React, DraftJS, draftail } = window;
  const YEAR = /(?:^|\D)(20\d\d)(?:\D|$)/;

  const onload = {
    choose: (modal) => {
      const form = modal.body.find(".figure-chooser__search");
      modal.ajaxifyForm(form);
      modal.body.find(".figure-chooser__figure").on("click", (event) => {
        modal.respond("chosen", { ...event.currentTarget.dataset });
      });
      // What is chosen while the answer is on its way would close a window that the answer opens
      // again, behind a veil.
      form.on("submit", () => modal.body.find(".figure-chooser__figure").prop("disabled", true));
      form.find("[name=q]").trigger("focus");
    },
  };

  // The year of the report that is being written: its own field, or the way to a chapter.
  const yearOfThePage = () => {
    const field = document.querySelector("input[name=year]");
    const way = document.querySelector(".w-breadcrumbs");
    return (field && field.value) || (way && (way.textContent.match(YEAR) || [])[1]) || "";
  };

  class FigureSource extends draftail.ModalWorkflowSource {
    getChooserConfig(entity) {
      const data = entity ? entity.getData() : {};
      return {
        url: this.props.entityType.chooserUrls.figureChooser,
        urlParams: { annee: data.year || yearOfThePage() },
        onload,
        responses: { chosen: this.onChosen },
      };
    }

    filterEntityData({ code, year, part }) {
      return part ? { code, year, part } : { code, year };
    }

    // A figure is one word: it replaces what is selected, and is removed whole.
    onChosen(chosen) {
      const { editorState, entityType, onComplete } = this.props;
      const content = editorState.getCurrentContent();
      const made = content.createEntity(entityType.type, "IMMUTABLE", this.filterEntityData(chosen));
      const text = DraftJS.Modifier.replaceText(
        made,
        editorState.getSelection(),
        chosen.title,
        null,
        made.getLastCreatedEntityKey(),
      );
      this.workflow.close();
      onComplete(DraftJS.EditorState.push(editorState, text, "insert-characters"));
    }
  }

  const Figure = (props) => {
    const { code, year, part } = props.contentState.getEntity(props.entityKey).getData();
    return React.createElement(draftail.TooltipEntity, {
      ...props,
      icon: React.createElement(window.wagtail.components.Icon, { name: "order" }),
      label: [code, part, year].filter(Boolean).join(", "),
    });
  };

  draftail.registerPlugin({ type: "FIGURE", source: FigureSource, decorator: Figure }, "entityTypes");
})();
