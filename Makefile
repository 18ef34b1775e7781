# Les commandes du site. « make » seul les énumère.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
CONTENT ?= demonstration

.DEFAULT_GOAL := help
.PHONY: help run admin remove-examples dev test bench geometry visual pictures lint format lock clean

help: ## Affiche cette aide
	@echo "Le site de la Régie de quartier Impulsion"
	@echo
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 24
	@echo
	@echo "Options de « make run » : PORT=8001, HOST=0.0.0.0, CONTENT=initial (sans les exemples)."

run: ## Installe ce qu’il faut, puis sert le site sur http://127.0.0.1:8000
	@exec $(PYTHON) -m deploy.run --host "$(HOST)" --port "$(PORT)" --content "$(CONTENT)"

admin: ## Crée un compte d’administration de plus, mot de passe affiché une fois
	@exec $(PYTHON) -m deploy.manage create_admin

remove-examples: ## Retire tous les exemples du site, sans toucher au reste
	@exec $(PYTHON) -m deploy.manage remove_demonstration

dev: ## Sert le site avec rechargement automatique, pour programmer
	@exec $(PYTHON) -m deploy.dev "$(HOST)" "$(PORT)"

test: ## Vérifie tout : style, types, migrations, réglages, tests sur deux bases et dans Chromium
	@exec $(PYTHON) -m deploy.verify

bench: ## Mesure les pages avec Lighthouse, la vitesse du site et la fabrication d’un PDF
	@exec $(PYTHON) -m deploy.bench

geometry: ## Enregistre la géométrie des pages, après un changement voulu de leur mise en page
	@exec $(PYTHON) -m deploy.verify geometry

visual: ## Compare chaque sorte de page, point par point, avec son image dans docs/images
	@exec $(PYTHON) -m deploy.visual

pictures: ## Refait les images de docs/images, après un changement voulu de l’aspect
	@exec $(PYTHON) -m deploy.visual take

lint: ## Vérifie le style et les types seulement
	@exec $(PYTHON) -m deploy.verify lint

format: ## Met le code Python en forme
	@exec $(PYTHON) -m deploy.verify format

lock: ## Recalcule requirements.txt et requirements-dev.txt à partir de pyproject.toml
	@exec $(PYTHON) -m deploy.verify lock

clean: ## Efface l’environnement virtuel et les caches (jamais les données de var/)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
